using SchemaRegistry.Core.Subjects;

namespace SchemaRegistry.Service.Http;

/// <summary>
/// A request's path in segments, each decoded by itself: a subject may hold slashes, written as %2F. The prefixes that name a tenant and a
/// context are taken off.
/// </summary>
/// <param name="Tenant">From /tenants/{tenant}/…; null without it.</param>
/// <param name="Context">From /contexts/{context}/…; null without it.</param>
public readonly record struct RequestPath(string? Tenant, string? Context, string[] Segments)
{
    /// <summary>The longest path has six segments behind two prefixes.</summary>
    private const int MaxSegments = 16;

    /// <summary>Reads the path as it stands in the request line. Null for one that no endpoint can have.</summary>
    public static RequestPath? Parse(string rawTarget)
    {
        var end = rawTarget.IndexOf('?');
        var path = end < 0 ? rawTarget.AsSpan() : rawTarget.AsSpan(0, end);
        if (path.Length == 0 || path[0] != '/')
        {
            return null;
        }

        path = path[1..].TrimEnd('/');
        if (path.Count('/') >= MaxSegments)
        {
            return null;
        }

        var segments = Split(path);
        string? tenant = null;
        string? context = null;
        if (segments is ["tenants", var tenantName, ..])
        {
            tenant = tenantName;
            segments = segments[2..];
        }

        // "/contexts/{context}" alone is an endpoint of its own.
        if (segments is ["contexts", var contextName, _, ..])
        {
            context = ContextOf(contextName);
            segments = segments[2..];
        }

        return new RequestPath(tenant, context, segments);
    }

    /// <summary>A request line's path and query without the prefix that names a tenant, which it has.</summary>
    public static string WithoutTenant(string rawTarget)
    {
        var name = rawTarget.IndexOf('/', 1) + 1;
        var end = rawTarget.AsSpan(name).IndexOfAny('/', '?');
        return end < 0 ? "/" : rawTarget[name + end] == '/' ? rawTarget[(name + end)..] : "/" + rawTarget[(name + end)..];
    }

    /// <summary>A context as paths write it: ".name", ":.name:" or ":.name".</summary>
    public static string ContextOf(string text)
    {
        if (text.StartsWith(":.", StringComparison.Ordinal))
        {
            return SubjectName.Parse(text).Context;
        }

        return text.StartsWith('.') ? text : "." + text;
    }

    private static string[] Split(ReadOnlySpan<char> path)
    {
        if (path.IsEmpty)
        {
            return [];
        }

        var segments = new string[path.Count('/') + 1];
        var count = 0;
        foreach (var range in path.Split('/'))
        {
            var segment = path[range].ToString();
            segments[count++] = segment.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(segment) : segment;
        }

        return segments;
    }
}

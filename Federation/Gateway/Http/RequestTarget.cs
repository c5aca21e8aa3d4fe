namespace Federation.Gateway.Http;

/// <summary>
/// A request's target as it stands in the request line. It is passed on byte for byte: a subject may hold slashes, percent signs and anything
/// else in encoded form, and what a server decodes of it no longer tells <c>a%2Fb</c> from <c>a%252Fb</c>, which are two subjects. Pure.
/// </summary>
internal static class RequestTarget
{
    /// <summary>
    /// Path and query of a target: of <c>/a?b</c> itself, of <c>http://host/a?b</c> from the path on (RFC 9112, 3.2.2). Null for what names no
    /// path (<c>*</c>, <c>host:port</c>) and for anything but visible ASCII, which could end the line at the next server.
    /// </summary>
    public static string? PathAndQuery(string target)
    {
        if (target.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return null;
        }

        if (target.StartsWith('/'))
        {
            return target;
        }

        var authority = target.IndexOf("://", StringComparison.Ordinal);
        if (authority < 0)
        {
            return null;
        }

        var path = target.AsSpan(authority + 3).IndexOfAny('/', '?');
        return path < 0 ? "/" : target[authority + 3 + path] == '/' ? target[(authority + 3 + path)..] : "/" + target[(authority + 3 + path)..];
    }

    /// <summary>
    /// Takes the first segment off. Null when a segment is <c>.</c> or <c>..</c>, encoded or not: servers resolve these, so what the door looked
    /// at would not be what the registry sees.
    /// </summary>
    /// <param name="pathAndQuery">Begins with a slash.</param>
    public static string? WithoutFirstSegment(string pathAndQuery)
    {
        var query = pathAndQuery.IndexOf('?');
        var path = query < 0 ? pathAndQuery.AsSpan() : pathAndQuery.AsSpan(0, query);
        foreach (var range in path.Split('/'))
        {
            if (IsDots(path[range]))
            {
                return null;
            }
        }

        var rest = path[1..].IndexOf('/');
        return rest < 0 ? string.Concat("/", pathAndQuery.AsSpan(path.Length)) : pathAndQuery[(rest + 1)..];
    }

    private static bool IsDots(ReadOnlySpan<char> segment) =>
        segment.Length is > 0 and <= 6 && segment.ToString().Replace("%2e", ".", StringComparison.OrdinalIgnoreCase) is "." or "..";
}

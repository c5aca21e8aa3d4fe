using System.Text;

namespace SchemaRegistry.Core.JsonSchema.Loading;

/// <summary>Resolves references as RFC 3986 §5.2 says, on the text alone: what comes out is a key to look up, never an address to ask.</summary>
internal static class UriReference
{
    /// <summary>The part before the # and the part after it, still escaped; null without a #.</summary>
    public static (string Uri, string? Fragment) Split(string reference)
    {
        var at = reference.IndexOf('#', StringComparison.Ordinal);
        return at < 0 ? (reference, null) : (reference[..at], reference[(at + 1)..]);
    }

    /// <summary>The scheme in lower case, or null for a relative reference.</summary>
    public static string? Scheme(string uri)
    {
        var at = uri.AsSpan().IndexOfAny(":/?#");
        if (at < 1 || uri[at] != ':' || !char.IsAsciiLetter(uri[0]))
        {
            return null;
        }

        foreach (var c in uri.AsSpan(0, at))
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '-' or '.'))
            {
                return null;
            }
        }

        return uri[..at].ToLowerInvariant();
    }

    /// <summary>A reference without fragment, seen from a base, which may be relative or empty itself.</summary>
    public static string Resolve(string baseUri, string reference)
    {
        if (reference.Length == 0)
        {
            return baseUri;
        }

        if (Scheme(reference) is not null || baseUri.Length == 0)
        {
            return reference;
        }

        var pathStart = PathStart(baseUri);
        if (pathStart < 0)
        {
            // A base as urn:… has no path to be relative to.
            return reference;
        }

        if (reference.StartsWith("//", StringComparison.Ordinal))
        {
            return Scheme(baseUri) is { } scheme ? scheme + ":" + reference : reference;
        }

        var query = baseUri.IndexOf('?', pathStart);
        var basePath = query < 0 ? baseUri[pathStart..] : baseUri[pathStart..query];
        var authority = baseUri[..pathStart];
        if (reference[0] == '?')
        {
            return authority + basePath + reference;
        }

        var ownQuery = reference.IndexOf('?', StringComparison.Ordinal);
        var ownPath = ownQuery < 0 ? reference : reference[..ownQuery];
        var rest = ownQuery < 0 ? "" : reference[ownQuery..];
        if (ownPath.StartsWith('/'))
        {
            return authority + RemoveDots(ownPath) + rest;
        }

        var folder = basePath[..(basePath.LastIndexOf('/') + 1)];
        if (folder.Length == 0 && authority.Length > 0)
        {
            folder = "/";
        }

        return authority + RemoveDots(folder + ownPath) + rest;
    }

    private static int PathStart(string uri)
    {
        var scheme = Scheme(uri);
        var at = scheme is null ? 0 : scheme.Length + 1;
        if (uri.AsSpan(at).StartsWith("//"))
        {
            var end = uri.AsSpan(at + 2).IndexOfAny('/', '?');
            return end < 0 ? uri.Length : at + 2 + end;
        }

        return scheme is null || uri.AsSpan(at).StartsWith("/") ? at : -1;
    }

    private static string RemoveDots(string path)
    {
        if (!path.Contains('.', StringComparison.Ordinal))
        {
            return path;
        }

        var isRooted = path.StartsWith('/');
        var kept = new List<string>();
        var segments = path.Split('/');
        for (var i = isRooted ? 1 : 0; i < segments.Length; i++)
        {
            var isLast = i == segments.Length - 1;
            if (segments[i] == "..")
            {
                if (kept.Count > 0)
                {
                    kept.RemoveAt(kept.Count - 1);
                }
            }
            else if (segments[i] != ".")
            {
                kept.Add(segments[i]);
                continue;
            }

            if (isLast)
            {
                kept.Add("");
            }
        }

        var text = new StringBuilder(isRooted ? "/" : "");
        return text.AppendJoin('/', kept).ToString();
    }
}

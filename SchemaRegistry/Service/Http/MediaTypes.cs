namespace SchemaRegistry.Service.Http;

/// <summary>Which media types the registry reads and writes.</summary>
public static class MediaTypes
{
    public const string Default = "application/vnd.schemaregistry.v1+json";
    private const string Unversioned = "application/vnd.schemaregistry+json";
    private const string Json = "application/json";
    private const string Octets = "application/octet-stream";

    /// <summary>In the order of preference.</summary>
    private static readonly string[] Written = [Default, Unversioned, Json];

    /// <summary>Whether a body of this type is read; no type at all is fine.</summary>
    public static bool IsRead(string? contentType)
    {
        if (string.IsNullOrWhiteSpace(contentType))
        {
            return true;
        }

        var type = TypeOf(contentType);
        return Is(type, Default) || Is(type, Unversioned) || Is(type, Json) || Is(type, Octets);
    }

    /// <summary>The type to answer in for an Accept header; null when none is acceptable.</summary>
    public static string? ToWrite(string? accept)
    {
        // What most clients send is not taken apart.
        if (string.IsNullOrWhiteSpace(accept) || accept is Default or "*/*")
        {
            return Default;
        }

        string? best = null;
        var bestQuality = 0.0;
        var bestRank = int.MaxValue;
        foreach (var range in accept.AsSpan().Split(','))
        {
            var item = accept.AsSpan(range);
            var type = TypeOf(item);
            var quality = QualityOf(item);
            for (var rank = 0; rank < Written.Length && quality > 0; rank++)
            {
                if ((type.SequenceEqual("*/*") || Is(type, "application/*") || Is(type, Written[rank]))
                    && (quality > bestQuality || quality == bestQuality && rank < bestRank))
                {
                    (best, bestQuality, bestRank) = (Written[rank], quality, rank);
                }
            }
        }

        return best;
    }

    private static ReadOnlySpan<char> TypeOf(ReadOnlySpan<char> value)
    {
        var end = value.IndexOf(';');
        return (end < 0 ? value : value[..end]).Trim();
    }

    private static double QualityOf(ReadOnlySpan<char> value)
    {
        var at = value.IndexOf("q=", StringComparison.OrdinalIgnoreCase);
        return at >= 0 && double.TryParse(value[(at + 2)..].Trim(), System.Globalization.CultureInfo.InvariantCulture, out var quality) ? quality : 1;
    }

    private static bool Is(ReadOnlySpan<char> type, string name) => type.Equals(name, StringComparison.OrdinalIgnoreCase);
}

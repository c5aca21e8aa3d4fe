namespace SchemaRegistry.Core.Protobuf;

/// <summary>The path from an option to the part that is assigned.</summary>
internal static class ProtoOptionPath
{
    /// <summary>The names of a path: dots part them, but not those within parentheses, which become the brackets of the text format.</summary>
    public static List<string> Segments(string? path)
    {
        var segments = new List<string>();
        for (var at = 0; path is not null && at < path.Length;)
        {
            var isExtension = path[at] == '(';
            var end = path.IndexOf(isExtension ? ')' : '.', at);
            end = end < 0 ? path.Length : end;
            segments.Add(isExtension ? $"[{path[(at + 1)..end]}]" : path[at..end]);
            at = end + (isExtension ? 2 : 1);
        }

        return segments;
    }
}

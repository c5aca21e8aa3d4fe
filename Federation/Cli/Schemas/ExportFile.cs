using System.Text;
using System.Text.Json;

namespace Federation.Cli.Schemas;

/// <summary>
/// One line of an export. The first says the format ("registry"), the last how many there were ("end"), so that a cut-off file is seen. Between:
/// "schema" in an order in which each stands behind those that it refers to, then "config" and "mode".
/// </summary>
internal sealed record ExportLine
{
    public required string Kind { get; init; }

    /// <summary>Of the first line: the format's version.</summary>
    public int? Format { get; init; }

    /// <summary>Qualified. Settings: empty for the default context, ":.name:" for another one, ":.__GLOBAL:" for all.</summary>
    public string? Subject { get; init; }
    public int? Version { get; init; }
    public int? Id { get; init; }
    public string? SchemaType { get; init; }
    public SchemaReference[]? References { get; init; }
    public JsonElement? Metadata { get; init; }
    public JsonElement? RuleSet { get; init; }
    public string? Schema { get; init; }

    /// <summary>Softly. Absent: live.</summary>
    public bool? Deleted { get; init; }

    /// <summary>As GET /config gives it.</summary>
    public JsonElement? Config { get; init; }
    public string? Mode { get; init; }

    /// <summary>Of the last line.</summary>
    public int? Schemas { get; init; }

    /// <summary>Of the last line.</summary>
    public int? Settings { get; init; }
}

/// <summary>A whole registry in a file of JSON lines: it can be searched, compared by lines and kept in version control.</summary>
internal sealed record ExportFile(IReadOnlyList<ExportLine> Schemas, IReadOnlyList<ExportLine> Settings)
{
    public const string SchemaKind = "schema";
    public const string ConfigKind = "config";
    public const string ModeKind = "mode";
    private const string FirstKind = "registry";
    private const string LastKind = "end";

    /// <summary>Raised when a line comes to mean something else. Readers refuse what they do not know.</summary>
    private const int CurrentFormat = 1;

    /// <summary>A schema has 1 MB, six times that when each character is escaped; metadata and rules come on top.</summary>
    private const int MaxLineChars = 16 * 1024 * 1024;

    public void Write(TextWriter to)
    {
        WriteLine(to, new ExportLine { Kind = FirstKind, Format = CurrentFormat });
        foreach (var line in Schemas.Concat(Settings))
        {
            WriteLine(to, line);
        }

        WriteLine(to, new ExportLine { Kind = LastKind, Schemas = Schemas.Count, Settings = Settings.Count });
    }

    /// <summary>Throws <see cref="CliException"/> with the line for what is no whole export.</summary>
    public static ExportFile Read(string path)
    {
        try
        {
            using var reader = path == "-" ? new StreamReader(Console.OpenStandardInput()) : new StreamReader(path);
            return Read(reader, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{path}: {e.Message}", e is FileNotFoundException or DirectoryNotFoundException ? ExitCode.NotFound : ExitCode.Error);
        }
    }

    public static ExportFile Read(TextReader reader, string path)
    {
        var schemas = new List<ExportLine>();
        var settings = new List<ExportLine>();
        ExportLine? last = null;
        var number = 0;
        foreach (var text in Lines(reader, path))
        {
            number++;
            var line = Parse(text, path, number);
            if (number == 1 != (line.Kind == FirstKind) || last is not null)
            {
                throw Bad(path, number, last is null ? "an export begins with its format" : "there is more behind the end");
            }

            switch (line.Kind)
            {
                case FirstKind when line.Format != CurrentFormat:
                    throw Bad(path, number, $"format {line.Format} is not known here; {CurrentFormat} is");
                case FirstKind:
                    break;
                case SchemaKind when line is { Subject.Length: > 0, Version: > 0, Id: >= 0, Schema: not null }:
                    schemas.Add(line with { SchemaType = line.SchemaType ?? "AVRO" });
                    break;
                case ConfigKind when line is { Subject: not null, Config.ValueKind: JsonValueKind.Object }:
                case ModeKind when line is { Subject: not null, Mode: not null }:
                    settings.Add(line);
                    break;
                case LastKind:
                    last = line;
                    break;
                default:
                    throw Bad(path, number, $"a line of the kind '{line.Kind}' that is not whole, or not known here");
            }
        }

        return last is null ? throw Bad(path, number, "the file ends too early")
            : last.Schemas != schemas.Count || last.Settings != settings.Count
                ? throw Bad(path, number, $"{last.Schemas} schemas and {last.Settings} settings were written, {schemas.Count} and {settings.Count} are here")
            : new ExportFile(schemas, settings);
    }

    private static void WriteLine(TextWriter to, ExportLine line)
    {
        to.Write(JsonSerializer.Serialize(line, RegistryJson.Plain.ExportLine));
        to.Write('\n');
    }

    private static ExportLine Parse(string text, string path, int number)
    {
        try
        {
            return JsonSerializer.Deserialize(text, RegistryJson.Plain.ExportLine) ?? throw Bad(path, number, "null is no line");
        }
        catch (JsonException e)
        {
            throw Bad(path, number, e.Message);
        }
    }

    private static IEnumerable<string> Lines(TextReader reader, string path)
    {
        var line = new StringBuilder();
        var buffer = new char[64 * 1024];
        for (int read; (read = reader.Read(buffer)) > 0;)
        {
            var rest = buffer.AsMemory(0, read);
            for (int end; (end = rest.Span.IndexOf('\n')) >= 0; rest = rest[(end + 1)..])
            {
                line.Append(rest.Span[..end]);
                yield return line.ToString();
                line.Clear();
            }

            line.Append(rest.Span);
            if (line.Length > MaxLineChars)
            {
                throw new CliException($"{path}: a line of more than {MaxLineChars} characters", ExitCode.Usage);
            }
        }

        if (line.Length > 0)
        {
            yield return line.ToString();
        }
    }

    private static CliException Bad(string path, int line, string why) => new($"{path}, line {line}: {why}", ExitCode.Usage);
}

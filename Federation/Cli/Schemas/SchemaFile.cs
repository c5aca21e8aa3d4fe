using System.CommandLine;
using System.Text;

namespace Federation.Cli.Schemas;

/// <summary>A schema in a file (or from standard input, named "-"), with what the command line says about it.</summary>
internal sealed record SchemaFile(string Path, string Text, string Type, SchemaReference[]? References)
{
    /// <summary>The registry takes requests of 11 MB; a file beyond this is none that it would take.</summary>
    private const int MaxBytes = 10 * 1024 * 1024;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static Option<string?> TypeOption { get; } = new("--type")
    {
        Description = "AVRO, PROTOBUF or JSON; otherwise by the file's ending: .avsc, .proto, .json",
    };

    public static Option<string[]> ReferenceOption { get; } = new("--reference")
    {
        Description = "name=subject:version of a schema that this one refers to, repeated; the version may be latest",
        AllowMultipleArgumentsPerToken = true,
    };

    public SchemaBody Body => new() { Schema = Text, SchemaType = Type, References = References };

    /// <summary>The language that a file's ending says; null when it says none.</summary>
    public static string? TypeOf(string path) => System.IO.Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".avsc" => "AVRO",
        ".proto" => "PROTOBUF",
        ".json" => "JSON",
        _ => null,
    };

    public static SchemaFile Read(string path, ParseResult parsed, string? otherwise = null)
    {
        var references = parsed.GetValue(ReferenceOption) is { Length: > 0 } texts ? texts.Select(Reference).ToArray() : null;
        return Read(path, parsed.GetValue(TypeOption), references, otherwise);
    }

    /// <param name="otherwise">The language when neither the command line nor the file's ending says one.</param>
    public static SchemaFile Read(string path, string? type, SchemaReference[]? references, string? otherwise = null)
    {
        var language = type?.ToUpperInvariant() ?? TypeOf(path) ?? otherwise
            ?? throw new CliException($"{path}: say --type AVRO, PROTOBUF or JSON", ExitCode.Usage);
        return new SchemaFile(path, ReadText(path), language, references);
    }

    private static string ReadText(string path)
    {
        try
        {
            using var stream = path == "-" ? Console.OpenStandardInput() : File.OpenRead(path);
            using var bytes = new MemoryStream();
            var buffer = new byte[64 * 1024];
            for (int read; (read = stream.Read(buffer)) > 0;)
            {
                bytes.Write(buffer.AsSpan(0, read));
                if (bytes.Length > MaxBytes)
                {
                    throw new CliException($"{path}: a schema has at most {MaxBytes / 1024 / 1024} MB", ExitCode.Usage);
                }
            }

            var text = Strict.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
            text = text.StartsWith('\uFEFF') ? text[1..] : text;

            // To a registry no text means the latest version's: a file that was cut off would be taken for a schema that fits.
            return !string.IsNullOrWhiteSpace(text) ? text
                : throw new CliException($"{path}: there is no schema in it, it {(text.Length == 0 ? "is empty" : "has white space alone")}", ExitCode.Usage);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{path}: {e.Message}", e is FileNotFoundException or DirectoryNotFoundException ? ExitCode.NotFound : ExitCode.Error);
        }
        catch (DecoderFallbackException)
        {
            throw new CliException($"{path}: no UTF-8", ExitCode.Usage);
        }
    }

    /// <summary>Reads name=subject:version. Names of JSON Schema are URIs that may hold an equals sign, subjects of this form do not.</summary>
    private static SchemaReference Reference(string text)
    {
        var at = text.LastIndexOf('=');
        if (at <= 0 || at == text.Length - 1)
        {
            throw new CliException($"--reference {text}: name=subject:version is expected", ExitCode.Usage);
        }

        var (subject, version) = SubjectText.WithVersion(text[(at + 1)..]);
        return version is null or "latest" ? new(text[..at], subject, -1)
            : int.TryParse(version, out var number) ? new(text[..at], subject, number)
            : throw new CliException($"--reference {text}: {version} is no version", ExitCode.Usage);
    }
}

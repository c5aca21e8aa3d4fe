using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Federation.Cli.Schemas;

/// <summary>Texts of schemas for people: JSON indented, .proto files as they are.</summary>
internal static class PrettyText
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 1000 });
            using var stream = new MemoryStream();
            using (var writer = new Utf8JsonWriter(stream, Indented))
            {
                json.WriteTo(writer);
            }

            return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
        }
        catch (JsonException)
        {
            return text.TrimEnd('\n');
        }
    }

    public static string[] Lines(string text) => Of(text).ReplaceLineEndings("\n").Split('\n');
}

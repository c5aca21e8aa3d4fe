using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using SchemaRegistry.Core.Subjects;

namespace SchemaRegistry.Service.Http;

/// <summary>What a request is answered with.</summary>
/// <param name="Body">JSON, or a schema's text as it is.</param>
/// <param name="Offset">Of the write in the tenant's log, for readers elsewhere; -1 for none.</param>
public readonly record struct Answer(int Status, ReadOnlyMemory<byte> Body, long Offset = -1)
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static Answer Ok(ReadOnlyMemory<byte> body) => new(200, body);

    /// <summary>An object, written between its braces.</summary>
    public static Answer Object(Action<Utf8JsonWriter> write) => Ok(Encode(writer =>
    {
        writer.WriteStartObject();
        write(writer);
        writer.WriteEndObject();
    }));

    /// <summary>A list, written between its brackets.</summary>
    /// <param name="atMostBytes">The list ends with the item that comes to them: it has one at least.</param>
    public static Answer List<T>(IEnumerable<T> items, Action<Utf8JsonWriter, T> write, long atMostBytes = long.MaxValue) => Ok(Encode(writer =>
    {
        writer.WriteStartArray();
        foreach (var item in items)
        {
            write(writer, item);
            if (writer.BytesCommitted + writer.BytesPending >= atMostBytes)
            {
                break;
            }
        }

        writer.WriteEndArray();
    }));

    public static Answer Texts(IEnumerable<string> texts) => List(texts, static (writer, text) => writer.WriteStringValue(text));

    public static Answer Numbers(IEnumerable<int> numbers) => List(numbers, static (writer, number) => writer.WriteNumberValue(number));

    public static Answer Text(string text) => Ok(System.Text.Encoding.UTF8.GetBytes(text));

    public static Answer Of(RegistryError error) => Object(writer =>
    {
        writer.WriteNumber("error_code"u8, error.Code);
        writer.WriteString("message"u8, error.Message);
    }) with
    {
        Status = error.Status,
    };

    public static byte[] Encode(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Writing))
        {
            write(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }
}

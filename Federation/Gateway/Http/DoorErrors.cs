using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Federation.Gateway.Http;

/// <summary>Errors that the door itself answers, in the form of the service that was asked for.</summary>
internal static class DoorErrors
{
    private const string RegistryJson = "application/vnd.schemaregistry.v1+json";
    private const string ProblemJson = "application/problem+json";

    /// <summary>Replaces the answer, which has not begun.</summary>
    public static async Task WriteAsync(HttpContext context, bool isRegistry, int status, string message)
    {
        var response = context.Response;
        response.Clear();
        response.StatusCode = status;
        response.ContentType = isRegistry ? RegistryJson : ProblemJson;
        var body = isRegistry ? RegistryError(status, message) : Problem(status, message);
        response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.BodyWriter.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
        }
    }

    /// <summary>Confluent's form. What is no error of the registry's own has the HTTP status as its code.</summary>
    private static ReadOnlyMemory<byte> RegistryError(int status, string message) => Encode(writer =>
    {
        writer.WriteNumber("error_code"u8, status);
        writer.WriteString("message"u8, message);
    });

    /// <summary>RFC 9457, with the members that the control API writes.</summary>
    private static ReadOnlyMemory<byte> Problem(int status, string message) => Encode(writer =>
    {
        writer.WriteString("title"u8, ReasonPhrases.GetReasonPhrase(status));
        writer.WriteNumber("status"u8, status);
        writer.WriteString("detail"u8, message);
    });

    private static ReadOnlyMemory<byte> Encode(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}

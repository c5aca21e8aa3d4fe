using System.Globalization;
using System.Text;
using System.Text.Json;
using Kernel;

namespace SchemaRegistry.Core.Avro;

/// <summary>
/// Reads JSON text into a <see cref="JsonTree"/>, comments allowed (Avro's own parser allows them). Bounded in bytes, depth, values and digits;
/// every fault is a <see cref="AvroFault"/>.
/// </summary>
internal static class JsonTreeReader
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // Reading a double and printing it as Java does takes as long as three other values do.
    private const int ValuesOfDouble = 3;

    /// <summary>The one value of a text.</summary>
    /// <param name="budget">JSON values that may still be read: of a schema and all that it refers to.</param>
    public static JsonTree Read(string text, ref int budget)
    {
        // A character is at least one byte: a text that is too long is not even encoded.
        if (text.Length > Limits.MaxSchemaAvroBytes || Encoding.UTF8.GetByteCount(text) > Limits.MaxSchemaAvroBytes)
        {
            throw new AvroFault($"The schema is longer than {Limits.MaxSchemaAvroBytes} bytes");
        }

        try
        {
            var options = new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, MaxDepth = Limits.MaxSchemaAvroDepth };
            var reader = new Utf8JsonReader(Strict.GetBytes(text), options);
            if (!reader.Read())
            {
                throw new AvroFault("The schema is empty");
            }

            var tree = Value(ref reader, ref budget);
            if (reader.Read())
            {
                throw new AvroFault("There is more after the end of the schema");
            }

            return tree;
        }
        catch (JsonException e)
        {
            throw new AvroFault($"The schema is no JSON: {e.Message}");
        }
        catch (Exception e) when (e is InvalidOperationException or EncoderFallbackException)
        {
            // What the reader says of an escaped half of a surrogate pair, and the encoder of one in the text.
            throw new AvroFault("The schema holds half of a surrogate pair");
        }
    }

    private static JsonTree Value(ref Utf8JsonReader reader, ref int budget)
    {
        Spend(ref budget, 1);
        return reader.TokenType switch
        {
            JsonTokenType.StartObject => Object(ref reader, ref budget),
            JsonTokenType.StartArray => Array(ref reader, ref budget),
            JsonTokenType.String => JsonTree.OfText(reader.GetString()!),
            JsonTokenType.Number => Number(reader.ValueSpan, ref budget),
            JsonTokenType.True => JsonTree.True,
            JsonTokenType.False => JsonTree.False,
            _ => JsonTree.Null,
        };
    }

    private static void Spend(ref int budget, int values)
    {
        budget -= values;
        if (budget < 0)
        {
            throw new AvroFault($"The schema and what it refers to have more than {Limits.MaxSchemaAvroNodes} JSON values");
        }
    }

    private static JsonTree Object(ref Utf8JsonReader reader, ref int budget)
    {
        var members = new List<JsonMember>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var name = reader.GetString()!;
            reader.Read();
            members.Add(new JsonMember(name, Value(ref reader, ref budget)));
        }

        return JsonTree.OfObject(members);
    }

    private static JsonTree Array(ref Utf8JsonReader reader, ref int budget)
    {
        var items = new List<JsonTree>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            items.Add(Value(ref reader, ref budget));
        }

        return JsonTree.OfArray([.. items]);
    }

    private static JsonTree Number(ReadOnlySpan<byte> digits, ref int budget)
    {
        if (digits.Length > Limits.MaxSchemaAvroNumberChars)
        {
            throw new AvroFault($"A number has more than {Limits.MaxSchemaAvroNumberChars} characters");
        }

        var text = Encoding.ASCII.GetString(digits);
        if (digits.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0)
        {
            return JsonTree.OfInteger(text);
        }

        Spend(ref budget, ValuesOfDouble - 1);

        // Java takes a number that is too large as an infinity, prints that as a string, and cannot read the default again.
        var number = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(number) ? JsonTree.OfDouble(number) : throw new AvroFault("A number is too large for a double");
    }
}

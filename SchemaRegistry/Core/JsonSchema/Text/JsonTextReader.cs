using System.Text;
using System.Text.Json;
using Kernel;

namespace SchemaRegistry.Core.JsonSchema.Text;

/// <summary>
/// Reads JSON texts into values, within bounds of characters, values and depth that hold for all texts of one schema together: one reader is
/// made for each parse of a schema. Does not recurse.
/// </summary>
internal sealed class JsonTextReader
{
    private int _charsLeft = Limits.MaxSchemaJsonChars;
    private int _valuesLeft = Limits.MaxSchemaJsonValues;

    /// <summary>The value, or why there is none.</summary>
    public JsonValue? Read(string text, out string? error)
    {
        if (text.Length > _charsLeft)
        {
            error = $"the schema and what it refers to are longer than {Limits.MaxSchemaJsonChars} characters";
            return null;
        }

        _charsLeft -= text.Length;
        try
        {
            return ReadUtf8(Encoding.UTF8.GetBytes(text), out error);
        }
        catch (JsonException e)
        {
            error = e.Message;
            return null;
        }
        catch (InvalidOperationException)
        {
            // The reader's answer to an escape that is half of a surrogate pair, which no UTF-8 text can hold.
            error = "a string has an escape that is half of a surrogate pair";
            return null;
        }
    }

    private JsonValue? ReadUtf8(byte[] utf8, out string? error)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = Limits.MaxSchemaJsonDepth });
        var open = new Stack<JsonValue>();
        var names = new Stack<string>();
        JsonValue? root = null;
        error = null;
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                open.Pop();
                continue;
            }

            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                names.Push(reader.GetString()!);
                continue;
            }

            if (--_valuesLeft < 0)
            {
                error = $"the schema and what it refers to have more than {Limits.MaxSchemaJsonValues} values";
                return null;
            }

            var value = Value(ref reader);
            if (value is null)
            {
                error = $"a number has more than {Limits.MaxSchemaJsonNumberChars} characters or too large an exponent";
                return null;
            }

            root ??= value;
            if (open.TryPeek(out var parent))
            {
                if (parent is JsonObject parentObject)
                {
                    parentObject.Set(names.Pop(), value);
                }
                else
                {
                    ((JsonArray)parent).Items.Add(value);
                }
            }

            if (value is JsonObject or JsonArray)
            {
                open.Push(value);
            }
        }

        return root;
    }

    private static JsonValue? Value(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => new JsonObject(),
        JsonTokenType.StartArray => new JsonArray(),
        JsonTokenType.String => new JsonString(reader.GetString()!),
        JsonTokenType.Number => JsonNumberReader.TryRead(reader.ValueSpan, out var number) ? number : null,
        JsonTokenType.True => JsonLiteral.True(),
        JsonTokenType.False => JsonLiteral.False(),
        _ => JsonLiteral.Null(),
    };
}

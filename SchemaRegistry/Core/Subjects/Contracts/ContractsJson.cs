using System.Text.Json;

namespace SchemaRegistry.Core.Subjects.Contracts;

/// <summary>
/// References, metadata and rules as JSON, the same in requests, answers and records. Read leniently: unknown members are ignored, nulls are as
/// if absent, a scalar of another kind is taken by its text. Written without nulls and empty collections. Throws <see cref="JsonException"/>
/// where an object or list is something else.
/// </summary>
public static class ContractsJson
{
    public static IReadOnlyList<SchemaReference> ReadReferences(JsonElement json)
    {
        var references = new List<SchemaReference>();
        foreach (var item in Items(json))
        {
            references.Add(new SchemaReference(Text(item, "name") ?? "", Text(item, "subject") ?? "", Number(item, "version") ?? SchemaReference.Latest));
        }

        return references;
    }

    public static SchemaMetadata? ReadMetadata(JsonElement parent, string member)
    {
        if (!TryMember(parent, member, out var json))
        {
            return null;
        }

        var tags = new List<KeyValuePair<string, IReadOnlyList<string>>>();
        foreach (var tag in Members(json, "tags"))
        {
            tags.Add(new(tag.Name, Texts(tag.Value)));
        }

        return new SchemaMetadata(tags, ReadMap(json, "properties"), TryMember(json, "sensitive", out var secret) ? Texts(secret) : null);
    }

    public static RuleSet? ReadRules(JsonElement parent, string member) =>
        TryMember(parent, member, out var json)
            ? new RuleSet(ReadRuleList(json, "migrationRules"), ReadRuleList(json, "domainRules"), ReadRuleList(json, "encodingRules"), Text(json, "enableAt"))
            : null;

    public static IReadOnlyList<KeyValuePair<string, string>> ReadMap(JsonElement parent, string member)
    {
        var map = new List<KeyValuePair<string, string>>();
        foreach (var entry in Members(parent, member))
        {
            if (Text(entry.Value) is { } value)
            {
                map.Add(new(entry.Name, value));
            }
        }

        return map;
    }

    /// <summary>A member that is there and is not null.</summary>
    public static bool TryMember(JsonElement parent, string name, out JsonElement value)
    {
        if (parent.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException($"an object is expected, not {parent.ValueKind}");
        }

        return parent.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;
    }

    public static string? Text(JsonElement parent, string name) => TryMember(parent, name, out var value) ? Text(value) : null;

    /// <summary>As the one of 32 bits: offsets and times are longer.</summary>
    public static long? LongNumber(JsonElement parent, string name)
    {
        if (!TryMember(parent, name, out var value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : throw new JsonException($"{name} is no 64-bit number");
    }

    public static int? Number(JsonElement parent, string name)
    {
        if (!TryMember(parent, name, out var value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            || value.ValueKind == JsonValueKind.String && int.TryParse(value.GetString(), out number)
            ? number
            : throw new JsonException($"{name} is no 32-bit number");
    }

    public static bool? Flag(JsonElement parent, string name)
    {
        if (!TryMember(parent, name, out var value))
        {
            return null;
        }

        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.String when bool.TryParse(value.GetString(), out var flag) => flag,

            // As Jackson reads it.
            JsonValueKind.String when string.IsNullOrWhiteSpace(value.GetString()) => null,
            _ => throw new JsonException($"{name} is neither true nor false"),
        };
    }

    public static IReadOnlyList<string> Texts(JsonElement json)
    {
        var texts = new List<string>();
        foreach (var item in Items(json))
        {
            if (Text(item) is { } text)
            {
                texts.Add(text);
            }
        }

        return texts;
    }

    public static void Write(Utf8JsonWriter writer, IReadOnlyList<SchemaReference> references, Func<SchemaReference, string>? subjectOf = null)
    {
        if (references.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("references"u8);
        foreach (var reference in references)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, reference.Name);
            writer.WriteString("subject"u8, subjectOf is null ? reference.Subject : subjectOf(reference));
            writer.WriteNumber("version"u8, reference.Version);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    public static void Write(Utf8JsonWriter writer, string member, SchemaMetadata? metadata)
    {
        if (metadata is null)
        {
            return;
        }

        writer.WriteStartObject(member);
        if (metadata.Tags.Count > 0)
        {
            writer.WriteStartObject("tags"u8);
            foreach (var (path, names) in metadata.Tags)
            {
                WriteTexts(writer, path, names, evenEmpty: true);
            }

            writer.WriteEndObject();
        }

        WriteMap(writer, "properties", metadata.Properties);
        WriteTexts(writer, "sensitive", metadata.Sensitive);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, string member, RuleSet? rules)
    {
        if (rules is null)
        {
            return;
        }

        writer.WriteStartObject(member);
        WriteRuleList(writer, "migrationRules", rules.Migration);
        WriteRuleList(writer, "domainRules", rules.Domain);
        WriteRuleList(writer, "encodingRules", rules.Encoding);
        WriteText(writer, "enableAt", rules.EnableAt);
        writer.WriteEndObject();
    }

    /// <summary>A member, or nothing for null and for an empty text.</summary>
    public static void WriteText(Utf8JsonWriter writer, string member, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            writer.WriteString(member, text);
        }
    }

    public static void WriteTexts(Utf8JsonWriter writer, string member, IReadOnlyList<string> texts, bool evenEmpty = false)
    {
        if (texts.Count == 0 && !evenEmpty)
        {
            return;
        }

        writer.WriteStartArray(member);
        foreach (var text in texts)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    public static void WriteMap(Utf8JsonWriter writer, string member, IReadOnlyDictionary<string, string> map)
    {
        if (map.Count == 0)
        {
            return;
        }

        writer.WriteStartObject(member);
        foreach (var (name, value) in map)
        {
            writer.WriteString(name, value);
        }

        writer.WriteEndObject();
    }

    private static List<Rule> ReadRuleList(JsonElement parent, string member)
    {
        var rules = new List<Rule>();
        if (!TryMember(parent, member, out var json))
        {
            return rules;
        }

        foreach (var item in Items(json))
        {
            var tags = TryMember(item, "tags", out var names) ? Texts(names).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList() : [];
            var parameters = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var (name, value) in ReadMap(item, "params"))
            {
                parameters[name] = value;
            }

            rules.Add(new Rule(
                Text(item, "name") ?? "",
                Text(item, "doc"),
                Text(item, "kind"),
                Text(item, "mode"),
                Text(item, "type"),
                tags,
                parameters,
                Text(item, "expr"),
                Text(item, "onSuccess"),
                Text(item, "onFailure"),
                Flag(item, "disabled") == true));
        }

        return rules;
    }

    private static void WriteRuleList(Utf8JsonWriter writer, string member, IReadOnlyList<Rule> rules)
    {
        if (rules.Count == 0)
        {
            return;
        }

        writer.WriteStartArray(member);
        foreach (var rule in rules)
        {
            writer.WriteStartObject();
            WriteText(writer, "name", rule.Name);
            WriteText(writer, "doc", rule.Doc);
            WriteText(writer, "kind", rule.Kind);
            WriteText(writer, "mode", rule.Mode);
            WriteText(writer, "type", rule.Type);
            WriteTexts(writer, "tags", rule.Tags);
            WriteMap(writer, "params", rule.Params);
            WriteText(writer, "expr", rule.Expr);
            WriteText(writer, "onSuccess", rule.OnSuccess);
            WriteText(writer, "onFailure", rule.OnFailure);
            writer.WriteBoolean("disabled"u8, rule.IsDisabled);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement json) =>
        json.ValueKind == JsonValueKind.Array ? json.EnumerateArray() : throw new JsonException($"a list is expected, not {json.ValueKind}");

    private static IEnumerable<JsonProperty> Members(JsonElement parent, string name) =>
        !TryMember(parent, name, out var json) ? []
        : json.ValueKind == JsonValueKind.Object ? json.EnumerateObject()
        : throw new JsonException($"{name} is no object");

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        JsonValueKind.Null => null,
        _ => throw new JsonException($"a text is expected, not {value.ValueKind}"),
    };
}

using System.Text.Json;

namespace Federation.Cli.Schemas;

/// <summary>One place where two JSON texts differ.</summary>
/// <param name="Path">Slash by slash, with names of fields, types and symbols where there are such in place of numbers.</param>
/// <param name="Kind">"added", "removed" or "changed".</param>
internal sealed record JsonChange(string Path, string Kind, string? From, string? To);

/// <summary>
/// What differs between two JSON schemas: members by their names, elements of lists by what identifies them (a field's name, a symbol, a branch),
/// so that a field put in front of others is one change and not a change of each.
/// </summary>
internal static class JsonChanges
{
    private const int MaxShownChars = 60;
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 1000 };

    /// <summary>Null when one of the texts is no JSON.</summary>
    public static IReadOnlyList<JsonChange>? Of(string old, string newer)
    {
        try
        {
            using var before = JsonDocument.Parse(old, Reading);
            using var after = JsonDocument.Parse(newer, Reading);
            var changes = new List<JsonChange>();
            Walk("", before.RootElement, after.RootElement, changes);
            return changes;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>A path with numbers of elements, as compatibility findings have, with names instead as far as it leads.</summary>
    public static string Named(string path, string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text, Reading);
            var at = json.RootElement;
            var named = "";
            var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
            for (var i = 0; i < segments.Length; i++)
            {
                if (at.ValueKind == JsonValueKind.Array && int.TryParse(segments[i], out var index) && index >= 0 && index < at.GetArrayLength())
                {
                    named += "/" + (Keys(at)?[index] ?? segments[i]);
                    at = at[index];
                }
                else if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(segments[i], out var member))
                {
                    named += "/" + segments[i];
                    at = member;
                }
                else
                {
                    // A type that is defined elsewhere in the schema.
                    return named + "/" + string.Join('/', segments[i..]);
                }
            }

            return named.Length == 0 ? "/" : named;
        }
        catch (JsonException)
        {
            return path;
        }
    }

    private static void Walk(string path, JsonElement old, JsonElement newer, List<JsonChange> changes)
    {
        if (old.ValueKind == JsonValueKind.Object && newer.ValueKind == JsonValueKind.Object)
        {
            Match(path, Members(old), Members(newer), changes);
        }
        else if (old.ValueKind == JsonValueKind.Array && newer.ValueKind == JsonValueKind.Array)
        {
            var before = Elements(old);
            var after = Elements(newer);
            var count = changes.Count;
            Match(path, before, after, changes);
            if (changes.Count == count && !before.Keys.SequenceEqual(after.Keys))
            {
                changes.Add(new(path, "changed", "order", string.Join(", ", after.Keys)));
            }
        }
        else if (!JsonElement.DeepEquals(old, newer))
        {
            changes.Add(new(path.Length == 0 ? "/" : path, "changed", Shown(old), Shown(newer)));
        }
    }

    private static void Match(string path, OrderedDictionary<string, JsonElement> old, OrderedDictionary<string, JsonElement> newer, List<JsonChange> changes)
    {
        foreach (var (name, value) in old)
        {
            if (newer.TryGetValue(name, out var after))
            {
                Walk($"{path}/{name}", value, after, changes);
            }
            else
            {
                changes.Add(new($"{path}/{name}", "removed", Shown(value), null));
            }
        }

        foreach (var (name, value) in newer)
        {
            if (!old.ContainsKey(name))
            {
                changes.Add(new($"{path}/{name}", "added", null, Shown(value)));
            }
        }
    }

    private static OrderedDictionary<string, JsonElement> Members(JsonElement json)
    {
        var members = new OrderedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in json.EnumerateObject())
        {
            members[member.Name] = member.Value;
        }

        return members;
    }

    private static OrderedDictionary<string, JsonElement> Elements(JsonElement json)
    {
        var keys = Keys(json);
        var elements = new OrderedDictionary<string, JsonElement>(StringComparer.Ordinal);
        var index = 0;
        foreach (var element in json.EnumerateArray())
        {
            elements[keys?[index] ?? $"{index}"] = element;
            index++;
        }

        return elements;
    }

    /// <summary>What identifies each element; null when that is not different for each.</summary>
    private static string[]? Keys(JsonElement json)
    {
        string[] keys = [.. json.EnumerateArray().Select(Key)];
        return keys.Contains("") || keys.Distinct(StringComparer.Ordinal).Count() < keys.Length ? null : keys;
    }

    private static string Key(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString()!,
        JsonValueKind.Object when element.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String => name.GetString()!,
        JsonValueKind.Object when element.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String => type.GetString()!,
        _ => "",
    };

    private static string Shown(JsonElement json)
    {
        var text = json.GetRawText();
        return text.Length <= MaxShownChars ? text : text[..MaxShownChars] + "...";
    }
}

using System.Text.Json;

namespace SchemaRegistry.Service.Tenants;

/// <summary>
/// A value in a tenants' file and where it stands, so that whoever wrote the file is told which place of it is wrong and what belongs there. Members
/// throw <see cref="InvalidDataException"/> that says both.
/// </summary>
/// <param name="Path">As <c>tenants[0].users[1].name</c>; empty for the whole file.</param>
internal readonly record struct TenantsFileNode(JsonElement Json, string Path)
{
    /// <summary>The values of a list that is a member of this; empty when there is no such member.</summary>
    public IReadOnlyList<TenantsFileNode> List(string name)
    {
        if (!TryMember(name, out var list))
        {
            return [];
        }

        var path = list.Path;
        return list.Json.ValueKind == JsonValueKind.Array
            ? [.. list.Json.EnumerateArray().Select((item, i) => new TenantsFileNode(item, $"{path}[{i}]"))]
            : throw list.Wrong("a list is expected");
    }

    /// <summary>As <see cref="List"/>, of a list that has to be there.</summary>
    public IReadOnlyList<TenantsFileNode> RequiredList(string name) => TryMember(name, out _) ? List(name) : throw Missing(name, "a list");

    /// <summary>The texts of a list; null when there is no such list.</summary>
    public IReadOnlyList<string>? Texts(string name) => TryMember(name, out _) ? [.. List(name).Select(item => item.Text())] : null;

    /// <summary>A member that has to be there, and is a text.</summary>
    public string RequiredText(string name) => TryMember(name, out var text) ? text.Text() : throw Missing(name, "a text");

    /// <summary>What to throw about this value.</summary>
    public InvalidDataException Wrong(string expected) => new($"{(Path.Length == 0 ? "the whole" : Path)}: {expected}, not {Kind(Json)}");

    /// <summary>The member's path.</summary>
    public string PathOf(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    private string Text() => Json.ValueKind == JsonValueKind.String ? Json.GetString()! : throw Wrong("a text is expected");

    private bool TryMember(string name, out TenantsFileNode member)
    {
        if (Json.ValueKind != JsonValueKind.Object)
        {
            throw Wrong("an object is expected");
        }

        var isThere = Json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;
        member = new TenantsFileNode(value, PathOf(name));
        return isThere;
    }

    private InvalidDataException Missing(string name, string expected) => new($"{PathOf(name)} is missing: {expected} is expected");

    private static string Kind(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}

namespace SchemaRegistry.Core.JsonSchema.Text;

/// <summary>
/// Equality of values: objects regardless of the order of members, numbers by value. Makes no text; a value keeps its hash, so that lists within
/// lists cost no more than their size. Recurses by the depth of the value.
/// </summary>
internal sealed class ValueEquality : IEqualityComparer<JsonValue>
{
    public static readonly ValueEquality Instance = new();

    public bool Equals(JsonValue? x, JsonValue? y)
    {
        if (ReferenceEquals(x, y) || x is null || y is null || GetHashCode(x) != GetHashCode(y))
        {
            return ReferenceEquals(x, y);
        }

        return (x, y) switch
        {
            (JsonObject a, JsonObject b) => a.Members.Count == b.Members.Count
                && a.Members.All(member => b.TryGet(member.Key, out var other) && Equals(member.Value, other)),
            (JsonArray a, JsonArray b) => a.Items.Count == b.Items.Count && a.Items.Zip(b.Items).All(pair => Equals(pair.First, pair.Second)),
            (JsonString a, JsonString b) => a.Value == b.Value,
            (JsonNumber a, JsonNumber b) => a.Value == b.Value,
            (JsonLiteral a, JsonLiteral b) => a.Text == b.Text,
            _ => false,
        };
    }

    public int GetHashCode(JsonValue value)
    {
        if (value.Hash == 0)
        {
            var hash = value switch
            {
                JsonObject o => OfMembers(o),
                JsonArray array => OfItems(array),
                JsonString text => (1, text.Value).GetHashCode(),
                JsonNumber number => (2, number.Value).GetHashCode(),
                _ => (3, ((JsonLiteral)value).Text).GetHashCode(),
            };
            value.Hash = hash == 0 ? 1 : hash;
        }

        return value.Hash;
    }

    private int OfMembers(JsonObject o)
    {
        var sum = o.Members.Count;
        foreach (var (name, member) in o.Members)
        {
            sum = unchecked(sum + (name, GetHashCode(member)).GetHashCode());
        }

        return (4, sum).GetHashCode();
    }

    private int OfItems(JsonArray array)
    {
        var hash = array.Items.Count;
        foreach (var item in array.Items)
        {
            hash = (hash, GetHashCode(item)).GetHashCode();
        }

        return (5, hash).GetHashCode();
    }
}

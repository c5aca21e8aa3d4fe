namespace SchemaRegistry.Core.Avro;

/// <summary>
/// Whether two definitions of one name say the same. As in Java, documents and aliases do not count; attributes without meaning do. The types of
/// fields are compared where they stand, named ones by their names: their own definitions are compared for themselves.
/// </summary>
internal static class AvroDefinitions
{
    public static bool AreEqual(AvroNamed a, AvroNamed b)
    {
        if (a.Kind != b.Kind || a.Name != b.Name || !AreEqual(a.Properties, b.Properties))
        {
            return false;
        }

        return (a, b) switch
        {
            (AvroFixed x, AvroFixed y) => x.Size == y.Size,
            (AvroEnum x, AvroEnum y) => x.Symbols.SequenceEqual(y.Symbols) && x.Default == y.Default,
            (AvroRecord x, AvroRecord y) => x.IsError == y.IsError
                && x.Fields.Count == y.Fields.Count
                && x.Fields.Zip(y.Fields).All(p => AreEqual(p.First, p.Second)),
            _ => false,
        };
    }

    private static bool AreEqual(AvroField a, AvroField b) =>
        a.Name == b.Name
        && a.Order == b.Order
        && (a.Default is null ? b.Default is null : b.Default is not null && a.Default.SameAs(b.Default))
        && AreEqual(a.Properties, b.Properties)
        && AreEqualUses(a.Type, b.Type);

    private static bool AreEqualUses(AvroType a, AvroType b)
    {
        if (a is AvroNamed x && b is AvroNamed y)
        {
            return x.Kind == y.Kind && x.Name == y.Name;
        }

        if (a.Kind != b.Kind || !AreEqual(a.Properties, b.Properties))
        {
            return false;
        }

        switch (a, b)
        {
            case (AvroArray m, AvroArray n):
                return AreEqualUses(m.Items, n.Items);
            case (AvroMap m, AvroMap n):
                return AreEqualUses(m.Values, n.Values);
            case (AvroUnion m, AvroUnion n):
                for (var i = 0; i < m.Count; i++)
                {
                    if (m.Count != n.Count || !AreEqualUses(m[i], n[i]))
                    {
                        return false;
                    }
                }

                return m.Count == n.Count;
            default:
                return true;
        }
    }

    private static bool AreEqual(IReadOnlyList<JsonMember> a, IReadOnlyList<JsonMember> b) =>
        a.Count == b.Count && (a.Count == 0 || JsonTree.OfObject([.. a]).SameAs(JsonTree.OfObject([.. b])));
}

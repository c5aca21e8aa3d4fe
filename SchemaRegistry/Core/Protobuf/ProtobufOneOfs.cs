namespace SchemaRegistry.Core.Protobuf;

/// <summary>A field and the oneof that it is in; null outside of any.</summary>
internal readonly record struct ProtoMember(ProtoField Field, string? OneOf);

/// <summary>The fields of a message by tag, wherever they stand in it. The first of a tag counts.</summary>
internal sealed class ProtoTags
{
    private readonly Dictionary<int, ProtoMember> _members = [];

    public ProtoTags(ProtoMessage message)
    {
        foreach (var field in message.Fields)
        {
            _members.TryAdd(field.Tag, new ProtoMember(field, null));
        }

        foreach (var oneOf in message.OneOfs)
        {
            if (OneOfs.TryAdd(oneOf.Name, oneOf.Fields))
            {
                foreach (var field in oneOf.Fields)
                {
                    _members.TryAdd(field.Tag, new ProtoMember(field, oneOf.Name));
                }
            }
        }
    }

    public IEnumerable<int> Tags => _members.Keys;

    /// <summary>By name, in the order in which findings name them.</summary>
    public SortedDictionary<string, IReadOnlyList<ProtoField>> OneOfs { get; } = new(StringComparer.Ordinal);

    public ProtoMember? Find(int tag) => _members.TryGetValue(tag, out var member) ? member : null;
}

/// <summary>Compares the oneofs of a message: which of them came and went, and whether fields that could be set together now exclude each other.</summary>
internal static class ProtobufOneOfs
{
    public static void Compare(ProtoFindingList found, ProtoPath path, ProtoTags original, ProtoTags update)
    {
        foreach (var (name, fields) in update.OneOfs)
        {
            Moves(found, path.Into(name), fields, original);
        }

        foreach (var name in original.OneOfs.Keys.Union(update.OneOfs.Keys).Order(StringComparer.Ordinal))
        {
            if (!original.OneOfs.ContainsKey(name))
            {
                found.Add("ONEOF_ADDED", path.Into(name));
            }
            else if (!update.OneOfs.ContainsKey(name))
            {
                found.Add("ONEOF_REMOVED", path.Into(name));
            }
        }
    }

    /// <summary>Members that were together in a oneof are one group, each that was in none is a group of its own; more than one may lose data.</summary>
    private static void Moves(ProtoFindingList found, ProtoPath path, IReadOnlyList<ProtoField> fields, ProtoTags original)
    {
        var fromOneOfs = new HashSet<string>();
        var fromTopLevel = 0;
        foreach (var field in fields)
        {
            if (original.Find(field.Tag) is { } member)
            {
                fromTopLevel += member.OneOf is null ? 1 : 0;
                if (member.OneOf is not null)
                {
                    fromOneOfs.Add(member.OneOf);
                }
            }
        }

        if (fromTopLevel > 1)
        {
            found.Add("MULTIPLE_FIELDS_MOVED_TO_ONEOF", path);
        }
        else if (fromTopLevel + fromOneOfs.Count > 1)
        {
            found.Add("FIELD_MOVED_TO_EXISTING_ONEOF", path);
        }
    }
}

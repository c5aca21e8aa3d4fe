namespace SchemaRegistry.Core.Protobuf;

/// <summary>Finds the fields of messages by tag and by name, in oneofs too, without looking through all of them each time. One owner.</summary>
internal sealed class ProtoMemberIndex
{
    private readonly Dictionary<ProtoMessage, (Dictionary<int, ProtoField> ByTag, Dictionary<string, ProtoField> ByName)> _messages =
        new(ReferenceEqualityComparer.Instance);

    public ProtoField? ByTag(ProtoMessage message, int tag) => Of(message).ByTag.GetValueOrDefault(tag);

    public ProtoField? ByName(ProtoMessage message, string name) => Of(message).ByName.GetValueOrDefault(name);

    /// <summary>The two fields of a map's entries.</summary>
    public static ProtoField[] Entry(ProtoTypeName map) =>
        [new(ProtoLabel.None, new ProtoTypeName(map.Key!, null), "key", 1), new(ProtoLabel.None, new ProtoTypeName(map.Name, null), "value", 2)];

    private (Dictionary<int, ProtoField> ByTag, Dictionary<string, ProtoField> ByName) Of(ProtoMessage message)
    {
        if (!_messages.TryGetValue(message, out var index))
        {
            _messages[message] = index = ([], []);
            foreach (var field in message.Fields.Concat(message.OneOfs.SelectMany(o => o.Fields)))
            {
                index.ByTag.TryAdd(field.Tag, field);
                index.ByName.TryAdd(field.Name, field);
            }
        }

        return index;
    }
}

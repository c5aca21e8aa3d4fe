using System.Globalization;
using Kernel;
using SchemaRegistry.Core.Languages;

namespace SchemaRegistry.Core.Protobuf;

/// <summary>
/// Finds what changed from a writer's schema to a reader's: types by name at each level, fields by tag over the whole message, membership in
/// oneofs apart from the fields themselves. One comparison, one owner.
/// </summary>
internal sealed class ProtobufComparison
{
    private readonly ProtobufSchema _reader;
    private readonly ProtobufSchema _writer;
    private readonly ProtoFindingList _found = new();

    /// <summary>Pairs of referenced messages that are under way or done: no count yet, or whether they differ harmfully.</summary>
    private readonly Dictionary<(ProtoScope, ProtoScope), bool> _pairs = [];

    private int _steps;

    private ProtobufComparison(ProtobufSchema reader, ProtobufSchema writer) => (_reader, _writer) = (reader, writer);

    /// <summary>All differences, in the registry's order.</summary>
    /// <exception cref="ProtoFault">The comparison costs more than allowed.</exception>
    public static IReadOnlyList<Finding> Compare(ProtobufSchema reader, ProtobufSchema writer)
    {
        var comparison = new ProtobufComparison(reader, writer);
        if ((reader.File.Package ?? "") != (writer.File.Package ?? ""))
        {
            comparison._found.Add("PACKAGE_CHANGED", ProtoPath.Root);
        }

        comparison.Types(
            ProtoPath.Root, writer.File.Types, writer.Scopes.Package(writer.File), reader.File.Types, reader.Scopes.Package(reader.File), 0);
        return comparison._found.Findings;
    }

    private void Types(
        ProtoPath path, IReadOnlyList<ProtoType> old, ProtoScope oldScope, IReadOnlyList<ProtoType> now, ProtoScope nowScope, int depth)
    {
        var (oldMessages, nowMessages) = (Places(old.OfType<ProtoMessage>()), Places(now.OfType<ProtoMessage>()));
        foreach (var (name, (message, place)) in oldMessages)
        {
            var at = path.Into(name);
            if (nowMessages.TryGetValue(name, out var update))
            {
                if (place != update.Place)
                {
                    _found.Add("MESSAGE_MOVED", at);
                }

                Message(at, message, oldScope.Child(name) ?? oldScope, update.Type, nowScope.Child(name) ?? nowScope, depth);
            }
            else if (!message.IsMapEntry)
            {
                _found.Add("MESSAGE_REMOVED", at);
            }
        }

        foreach (var (name, (message, _)) in nowMessages)
        {
            if (!oldMessages.ContainsKey(name) && !message.IsMapEntry)
            {
                _found.Add("MESSAGE_ADDED", path.Into(name));
            }
        }

        Enums(path, Places(old.OfType<ProtoEnum>()), Places(now.OfType<ProtoEnum>()));
    }

    private static Dictionary<string, (T Type, int Place)> Places<T>(IEnumerable<T> types)
        where T : ProtoType
    {
        var places = new Dictionary<string, (T, int)>();
        foreach (var type in types)
        {
            places.TryAdd(type.Name, (type, places.Count));
        }

        return places;
    }

    private void Enums(ProtoPath path, Dictionary<string, (ProtoEnum Type, int)> old, Dictionary<string, (ProtoEnum Type, int)> now)
    {
        foreach (var name in old.Keys.Concat(now.Keys.Where(n => !old.ContainsKey(n))))
        {
            var at = path.Into(name);
            if (!old.TryGetValue(name, out var original))
            {
                _found.Add("ENUM_ADDED", at);
            }
            else if (!now.TryGetValue(name, out var update))
            {
                _found.Add("ENUM_REMOVED", at);
            }
            else
            {
                Constants(at, original.Type, update.Type);
            }
        }
    }

    private void Constants(ProtoPath path, ProtoEnum old, ProtoEnum now)
    {
        var (oldNames, nowNames) = (Names(old), Names(now));
        foreach (var tag in oldNames.Keys.Union(nowNames.Keys).Order())
        {
            var at = path.Into(Text(tag));
            if (!oldNames.TryGetValue(tag, out var original))
            {
                _found.Add("ENUM_CONST_ADDED", at);
            }
            else if (!nowNames.TryGetValue(tag, out var update))
            {
                _found.Add("ENUM_CONST_REMOVED", at);
            }
            else if (original != update)
            {
                _found.Add("ENUM_CONST_CHANGED", at);
            }
        }

        static Dictionary<int, string> Names(ProtoEnum type)
        {
            var names = new Dictionary<int, string>();
            foreach (var constant in type.Constants)
            {
                names.TryAdd(constant.Tag, constant.Name);
            }

            return names;
        }
    }

    private void Message(ProtoPath path, ProtoMessage old, ProtoScope oldScope, ProtoMessage now, ProtoScope nowScope, int depth)
    {
        var (original, update) = (new ProtoTags(old), new ProtoTags(now));
        ProtobufOneOfs.Compare(_found, path, original, update);
        foreach (var tag in original.Tags.Union(update.Tags).Order())
        {
            var (before, after) = (original.Find(tag), update.Find(tag));
            if (before is null)
            {
                Added(path, after!.Value);
            }
            else if (after is null)
            {
                Removed(path, before.Value, original, update);
            }
            else
            {
                Field(path, before.Value, oldScope, after.Value, nowScope, depth);
            }
        }

        Types(path, old.Types, oldScope, now.Types, nowScope, depth);
    }

    private void Added(ProtoPath path, ProtoMember member)
    {
        var type = member.OneOf is not null ? "ONEOF_FIELD_ADDED" : member.Field.Label == ProtoLabel.Required ? "REQUIRED_FIELD_ADDED" : "FIELD_ADDED";
        _found.Add(type, At(path, member));
    }

    private void Removed(ProtoPath path, ProtoMember member, ProtoTags original, ProtoTags update)
    {
        // A oneof that vanished with all its members took no case from anyone: it is one removal of optional fields.
        var isOneOf = member.OneOf is not null
            && (update.OneOfs.ContainsKey(member.OneOf) || original.OneOfs[member.OneOf].Any(f => update.Find(f.Tag) is not null));
        var type = isOneOf ? "ONEOF_FIELD_REMOVED" : member.Field.Label == ProtoLabel.Required ? "REQUIRED_FIELD_REMOVED" : "FIELD_REMOVED";
        _found.Add(type, At(path, member));
    }

    private void Field(ProtoPath path, ProtoMember old, ProtoScope oldScope, ProtoMember now, ProtoScope nowScope, int depth)
    {
        if (old.OneOf is not null && now.OneOf is null)
        {
            _found.Add("ONEOF_FIELD_MOVED_TO_TOP_LEVEL", At(path, now));
        }

        var at = At(path, now);
        if (old.Field.Name != now.Field.Name)
        {
            _found.Add("FIELD_NAME_CHANGED", at);
        }

        var original = ProtoFieldKind.Of(old.Field, oldScope, _writer.Scopes, ref _steps);
        var update = ProtoFieldKind.Of(now.Field, nowScope, _reader.Scopes, ref _steps);
        Kind(at, original, old.Field.Label, update, now.Field.Label, depth);
    }

    private void Kind(ProtoPath at, ProtoFieldKind old, ProtoLabel oldLabel, ProtoFieldKind now, ProtoLabel nowLabel, int depth)
    {
        if (old.Kind != now.Kind)
        {
            _found.Add("FIELD_KIND_CHANGED", at);
        }
        else if (old.Kind == ProtoKind.Message)
        {
            NamedType(at, old, now, depth);
        }
        else if (old.Kind == ProtoKind.Map)
        {
            var (oldKey, oldValue) = old.Entry(_writer.Scopes, ref _steps);
            var (nowKey, nowValue) = now.Entry(_reader.Scopes, ref _steps);
            Kind(at, oldKey, ProtoLabel.None, nowKey, ProtoLabel.None, depth);
            Kind(at, oldValue, ProtoLabel.None, nowValue, ProtoLabel.None, depth);
        }
        else if (old.Group != now.Group)
        {
            _found.Add("FIELD_SCALAR_KIND_CHANGED", at);
        }
        else if (oldLabel != nowLabel && oldLabel != ProtoLabel.None && nowLabel != ProtoLabel.None)
        {
            _found.Add(old.Group == ProtoScalarGroup.Text ? "FIELD_STRING_OR_BYTES_LABEL_CHANGED" : "FIELD_NUMERIC_LABEL_CHANGED", at);
        }
    }

    /// <summary>
    /// Messages of one name are the same, unless they come from different references: then they are compared too. A pair that is under way is
    /// taken as compatible; if it is not, the difference is found where it began.
    /// </summary>
    private void NamedType(ProtoPath at, ProtoFieldKind old, ProtoFieldKind now, int depth)
    {
        if (old.LocalName(_writer.File) != now.LocalName(_reader.File))
        {
            _found.Add("FIELD_NAMED_TYPE_CHANGED", at);
            return;
        }

        if (old.Scope is not { Type: ProtoMessage original } oldScope || now.Scope is not { Type: ProtoMessage update } nowScope
            || oldScope.Origin == nowScope.Origin)
        {
            return;
        }

        if (!_pairs.TryGetValue((oldScope, nowScope), out var differs))
        {
            var before = _found.Incompatible;
            _pairs[(oldScope, nowScope)] = false;
            if (depth < Limits.MaxSchemaProtobufCompareDepth)
            {
                Message(at, original, oldScope, update, nowScope, depth + 1);
                differs = _found.Incompatible > before;
            }
            else
            {
                differs = true;
            }

            _pairs[(oldScope, nowScope)] = differs;
        }

        if (differs)
        {
            _found.Add("FIELD_NAMED_TYPE_CHANGED", at);
        }
    }

    private static ProtoPath At(ProtoPath path, ProtoMember member) =>
        (member.OneOf is null ? path : path.Into(member.OneOf)).Into(Text(member.Field.Tag));

    private static string Text(int tag) => tag.ToString(CultureInfo.InvariantCulture);
}

using Google.Protobuf;

namespace Tests.Registry.Protobuf;

/// <summary>A field of the wire model's schemas.</summary>
internal sealed record WireField(int Tag, string Type, string? Key, string? OneOf)
{
    public string Text => $"{(Key is null ? Type : $"map<{Key}, {Type}>")} f{Tag} = {Tag};";
}

/// <summary>
/// A slow, independent judge of compatibility: writes bytes by one schema and reads them by the other. Messages are A, B and C, the enum is E;
/// the same value is written to every field, so that whoever reads it as another type reads another value.
/// </summary>
internal sealed class WireModel(Dictionary<string, List<WireField>> messages)
{
    public const string TextValue = "text";

    public Dictionary<string, List<WireField>> Messages => messages;

    public string Text => "syntax = \"proto3\"; enum E { Z = 0; O = 1; } " + string.Concat(messages.Select(m =>
        $"message {m.Key} {{ {string.Concat(m.Value.Where(f => f.OneOf is null).Select(f => f.Text))}"
        + string.Concat(m.Value.Where(f => f.OneOf is not null).GroupBy(f => f.OneOf).Select(g => $"oneof {g.Key} {{ {string.Concat(g.Select(f => f.Text))} }}")) + "}"));

    public static WireModel Random(Random random) => new(new[] { "A", "B", "C" }.ToDictionary(n => n, _ =>
        Enumerable.Range(1, 6).Where(_ => random.Next(3) > 0).Select(tag => Field(random, tag)).ToList()));

    /// <summary>A schema that differs in a few fields.</summary>
    public WireModel Evolve(Random random) => new(messages.ToDictionary(m => m.Key, m =>
        Enumerable.Range(1, 6).Select(tag => (Tag: tag, Field: m.Value.Find(f => f.Tag == tag))).Select(f => random.Next(12) switch
        {
            0 => null,
            1 => Field(random, f.Tag),
            2 when f.Field is { Key: null } => f.Field with { OneOf = f.Field.OneOf is null ? "o" : null },
            3 when f.Field is not null => Field(random, f.Tag) with { OneOf = f.Field.OneOf, Key = null },
            _ => f.Field,
        }).OfType<WireField>().ToList()));

    /// <summary>Whether every message that the writer can write comes out of the reader's fields as it went in, for the fields that both have.</summary>
    public static bool Reads(WireModel reader, WireModel writer) => writer.Messages.Keys.All(name =>
        Enumerable.Range(0, 6).All(choice => Reads(reader, writer, name, name, writer.Write(name, choice, 3), choice)));

    private static WireField Field(Random random, int tag)
    {
        string[] types = ["int32", "int64", "bool", "E", "sint32", "sint64", "string", "bytes", "fixed32", "sfixed32", "fixed64", "float", "double", "A", "B"];
        var isMap = random.Next(8) == 0;
        return new WireField(tag, types[random.Next(types.Length)], isMap ? new[] { "int32", "string", "bool", "sint64" }[random.Next(4)] : null, !isMap && random.Next(4) == 0 ? "o" : null);
    }

    /// <summary>A message with all fields set, and of each oneof the member of this choice.</summary>
    private byte[] Write(string name, int choice, int depth)
    {
        using var stream = new MemoryStream();
        var output = new CodedOutputStream(stream);
        foreach (var field in Chosen(messages[name], choice))
        {
            Write(output, field.Tag, field.Type, field.Key, choice, depth);
        }

        output.Flush();
        return stream.ToArray();
    }

    private static List<WireField> Chosen(List<WireField> fields, int choice)
    {
        var members = fields.Where(f => f.OneOf is not null).ToList();
        return [.. fields.Where(f => f.OneOf is null), .. members.Count > 0 ? [members[choice % members.Count]] : Array.Empty<WireField>()];
    }

    private void Write(CodedOutputStream output, int tag, string type, string? key, int choice, int depth)
    {
        if (key is not null)
        {
            using var stream = new MemoryStream();
            var entry = new CodedOutputStream(stream);
            Write(entry, 1, key, null, choice, depth);
            Write(entry, 2, type, null, choice, depth);
            entry.Flush();
            output.WriteTag(tag, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(stream.ToArray()));
            return;
        }

        switch (type)
        {
            case "sint32" or "sint64":
                output.WriteTag(tag, WireFormat.WireType.Varint);
                output.WriteSInt64(1);
                break;
            case "string" or "bytes":
                output.WriteTag(tag, WireFormat.WireType.LengthDelimited);
                output.WriteString(TextValue);
                break;
            case "fixed32" or "sfixed32":
                output.WriteTag(tag, WireFormat.WireType.Fixed32);
                output.WriteFixed32(1);
                break;
            case "fixed64":
                output.WriteTag(tag, WireFormat.WireType.Fixed64);
                output.WriteFixed64(1);
                break;
            case "float":
                output.WriteTag(tag, WireFormat.WireType.Fixed32);
                output.WriteFloat(1);
                break;
            case "double":
                output.WriteTag(tag, WireFormat.WireType.Fixed64);
                output.WriteDouble(1);
                break;
            case "A" or "B" or "C":
                output.WriteTag(tag, WireFormat.WireType.LengthDelimited);
                output.WriteBytes(ByteString.CopyFrom(depth > 0 ? Write(type, choice, depth - 1) : []));
                break;
            default:
                output.WriteTag(tag, WireFormat.WireType.Varint);
                output.WriteInt64(1);
                break;
        }
    }

    private static bool Reads(WireModel reader, WireModel writer, string readerName, string writerName, byte[] bytes, int choice)
    {
        var (readerFields, writerFields) = (reader.Messages[readerName], writer.Messages[writerName]);
        var written = new HashSet<int>();
        var lastOfOneOf = new Dictionary<string, int>();
        var input = new CodedInputStream(bytes);
        while (input.ReadTag() is var tag && tag != 0)
        {
            var number = WireFormat.GetTagFieldNumber(tag);
            var (mine, theirs) = (readerFields.Find(f => f.Tag == number), writerFields.Single(f => f.Tag == number));
            if (mine is null)
            {
                input.SkipLastField();
                continue;
            }

            written.Add(number);
            if (mine.OneOf is not null)
            {
                lastOfOneOf[mine.OneOf] = number;
            }

            if (!Reads(reader, writer, input, WireFormat.GetTagWireType(tag), (mine.Type, mine.Key), (theirs.Type, theirs.Key), choice))
            {
                return false;
            }
        }

        // A member of a oneof that another one followed is gone.
        return readerFields.All(f => f.OneOf is null || !written.Contains(f.Tag) || lastOfOneOf[f.OneOf] == f.Tag);
    }

    private static bool Reads(
        WireModel reader, WireModel writer, CodedInputStream input, WireFormat.WireType wire, (string Type, string? Key) mine, (string Type, string? Key) theirs, int choice)
    {
        if (mine.Key is not null || theirs.Key is not null)
        {
            if (mine.Key is null || theirs.Key is null)
            {
                return false;
            }

            var entry = new CodedInputStream(input.ReadBytes().ToByteArray());
            var key = Reads(reader, writer, entry, WireFormat.GetTagWireType(entry.ReadTag()), (mine.Key, null), (theirs.Key, null), choice);
            return key && Reads(reader, writer, entry, WireFormat.GetTagWireType(entry.ReadTag()), (mine.Type, null), (theirs.Type, null), choice);
        }

        switch (mine.Type)
        {
            case "sint32" or "sint64":
                return wire == WireFormat.WireType.Varint && input.ReadSInt64() == 1;
            case "string" or "bytes":
                return wire == WireFormat.WireType.LengthDelimited && theirs.Type is not ("A" or "B" or "C") && input.ReadString() == TextValue;
            case "fixed32" or "sfixed32":
                return wire == WireFormat.WireType.Fixed32 && input.ReadFixed32() == 1;
            case "fixed64":
                return wire == WireFormat.WireType.Fixed64 && input.ReadFixed64() == 1;
            case "float":
                return wire == WireFormat.WireType.Fixed32 && input.ReadFloat() == 1;
            case "double":
                return wire == WireFormat.WireType.Fixed64 && input.ReadDouble() == 1;
            case "A" or "B" or "C":
                // Another message's bytes may read well by chance; the registry names it, and so does the model.
                return wire == WireFormat.WireType.LengthDelimited && mine.Type == theirs.Type
                    && Reads(reader, writer, mine.Type, theirs.Type, input.ReadBytes().ToByteArray(), choice);
            default:
                return wire == WireFormat.WireType.Varint && input.ReadInt64() == 1;
        }
    }
}

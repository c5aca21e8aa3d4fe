namespace Protocol.Generator;

// Writing, in the order of reading.
internal sealed partial class MessageEmitter
{
    private void EmitWrite(StructModel model, string access)
    {
        _code.Line();
        using (_code.Block($"{access} void Write({Codec}FrameWriter writer, short version)"))
        {
            FlexibleLocal();
            EachUntagged(model, WriteField);
            using (_code.When(flexible.IsEmpty ? "false" : flexible.Condition(versions)))
            {
                var tagged = model.Fields.Where(f => f.Tag >= 0).OrderBy(f => f.Tag).ToList();
                if (tagged.Count == 0)
                {
                    _code.Line("writer.WriteVarUInt(0);");
                    return;
                }

                _code.Line("uint tags = 0;");
                tagged.ForEach(f => _code.Line($"if ({TagPresent(f)}) {{ tags++; }}"));
                _code.Line("writer.WriteVarUInt(tags);");
                foreach (var field in tagged)
                {
                    using (_code.Block($"if ({TagPresent(field)})"))
                    {
                        _code.Line($"writer.WriteVarUInt({field.Tag});");
                        using (_code.Block(""))
                        {
                            _code.Line("var size = 0;");
                            SizeField(field);
                            _code.Line("writer.WriteVarUInt((uint)size);");
                        }

                        WriteField(field);
                    }
                }
            }
        }
    }

    private void WriteField(FieldModel field)
    {
        var flex = Flex(field);
        if (field.IsNullableStruct)
        {
            _code.Line($"writer.WriteInt8({field.Name} is null ? (sbyte)-1 : (sbyte)1);");
            _code.Line($"{field.Name}?.Write(writer, version);");
            return;
        }

        if (!field.IsArray)
        {
            _code.Line(field.Type == WireType.Struct ? $"{field.Name}.Write(writer, version);" : WriteValue(field, field.Name, field.TypeIsNullable));
            return;
        }

        void Elements(string list)
        {
            _code.Line($"writer.WriteArrayLength({list}.Count, {flex});");
            using (_code.Block($"for (var i = 0; i < {list}.Count; i++)"))
            {
                _code.Line(field.Type == WireType.Struct ? $"{list}[i].Write(writer, version);" : WriteValue(field, $"{list}[i]", nullable: false));
            }
        }

        if (!field.TypeIsNullable)
        {
            Elements(field.Name);
            return;
        }

        using (_code.Block($"if ({field.Name} is null)"))
        {
            _code.Line($"writer.WriteArrayLength(({field.Nullable.Expression(versions)}) ? -1 : 0, {flex});");
        }

        using (_code.Block("else"))
        {
            Elements(field.Name);
        }
    }

    private string WriteValue(FieldModel field, string value, bool nullable)
    {
        var flex = Flex(field);
        return field.Type switch
        {
            WireType.String => $"writer.WriteString({Filled(field, value, nullable, "\"\"")}, {flex});",
            WireType.Bytes => $"writer.WriteBytes({Filled(field, value, nullable, "global::System.ReadOnlyMemory<byte>.Empty")}, {flex});",
            WireType.Records => $"writer.WriteRecords({value}, {flex});",
            _ => $"writer.Write{field.Type}({value});",
        };
    }

    // Null goes out as null where the version admits it, as empty elsewhere.
    private string Filled(FieldModel field, string value, bool nullable, string empty)
    {
        if (!nullable || field.Nullable.Covers(field.Versions))
        {
            return value;
        }

        return field.Nullable.IsEmpty ? $"{value} ?? {empty}" : $"({field.Nullable.Expression(versions)}) ? {value} : {value} ?? {empty}";
    }
}

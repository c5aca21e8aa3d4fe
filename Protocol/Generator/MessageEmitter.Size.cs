namespace Protocol.Generator;

// Sizing: what writing will write.
internal sealed partial class MessageEmitter
{
    private void EmitSize(StructModel model, string access)
    {
        _code.Line();
        using (_code.Block($"{access} int SizeOf(short version)"))
        {
            FlexibleLocal();
            _code.Line("var size = 0;");
            EachUntagged(model, SizeField);
            using (_code.When(flexible.IsEmpty ? "false" : flexible.Condition(versions)))
            {
                var tagged = model.Fields.Where(f => f.Tag >= 0).OrderBy(f => f.Tag).ToList();
                if (tagged.Count == 0)
                {
                    _code.Line("size++;");
                }
                else
                {
                    _code.Line("uint tags = 0;");
                    _code.Line("var outer = size;");
                    foreach (var field in tagged)
                    {
                        using (_code.Block($"if ({TagPresent(field)})"))
                        {
                            _code.Line("tags++;");
                            _code.Line("size = 0;");
                            SizeField(field);
                            _code.Line($"outer += {Codec}FrameWriter.SizeOfVarUInt({field.Tag}) + {Codec}FrameWriter.SizeOfVarUInt((uint)size) + size;");
                        }
                    }

                    _code.Line($"size = outer + {Codec}FrameWriter.SizeOfVarUInt(tags);");
                }
            }

            _code.Line("return size;");
        }
    }

    private void SizeField(FieldModel field)
    {
        var flex = Flex(field);
        if (field.IsNullableStruct)
        {
            _code.Line($"size += 1 + ({field.Name}?.SizeOf(version) ?? 0);");
            return;
        }

        if (!field.IsArray)
        {
            _code.Line(field.Type == WireType.Struct ? $"size += {field.Name}.SizeOf(version);" : $"size += {SizeValue(field, field.Name, field.TypeIsNullable)};");
            return;
        }

        var list = field.Name;
        var count = field.TypeIsNullable ? $"({list} is null ? (({field.Nullable.Expression(versions)}) ? -1 : 0) : {list}.Count)" : $"{list}.Count";
        _code.Line($"size += ({flex}) ? {Codec}FrameWriter.SizeOfVarUInt((uint)({count} + 1)) : 4;");
        using (_code.When(field.TypeIsNullable ? $"{list} is not null" : null))
        {
            if (field.Type is not (WireType.Struct or WireType.String or WireType.Bytes))
            {
                _code.Line($"size += {list}.Count * {field.MinElementBytes};");
                return;
            }

            using (_code.Block($"for (var i = 0; i < {list}.Count; i++)"))
            {
                _code.Line(field.Type == WireType.Struct ? $"size += {list}[i].SizeOf(version);" : $"size += {SizeValue(field, $"{list}[i]", nullable: false)};");
            }
        }
    }

    private string SizeValue(FieldModel field, string value, bool nullable)
    {
        var flex = Flex(field);
        return field.Type switch
        {
            WireType.String => $"{Codec}FrameWriter.SizeOfString({Filled(field, value, nullable, "\"\"")}, {flex})",
            WireType.Bytes when nullable => $"{Codec}FrameWriter.SizeOfBytes({value}?.Length ?? {(field.Nullable.Covers(field.Versions) ? "-1" : $"(({field.Nullable.Expression(versions)}) ? -1 : 0)")}, {flex})",
            WireType.Bytes => $"{Codec}FrameWriter.SizeOfBytes({value}.Length, {flex})",
            WireType.Records => $"{Codec}FrameWriter.SizeOfBytes({value}.IsNull ? -1 : {value}.LengthBytes, {flex})",
            _ => $"{field.MinElementBytes}",
        };
    }
}

namespace Protocol.Generator;

// Reading, field by field, in each version.
internal sealed partial class MessageEmitter
{
    private void EmitRead(StructModel model, string access)
    {
        _code.Line();
        using (_code.Block($"{access} void Read(ref {Codec}WireReader reader, short version)"))
        {
            FlexibleLocal();
            _code.Line("reader.Enter();");
            foreach (var field in model.Fields)
            {
                var plain = PlainVersions(field);
                if (field.Tag >= 0 || plain.IsEmpty)
                {
                    _code.Line($"{field.Name} = {field.Reset};");
                    continue;
                }

                var condition = plain.Condition(versions);
                using (_code.When(condition))
                {
                    ReadField(field);
                }

                if (condition is not null)
                {
                    using (_code.Block("else"))
                    {
                        _code.Line($"{field.Name} = {field.Reset};");
                    }
                }
            }

            using (_code.When(flexible.IsEmpty ? "false" : flexible.Condition(versions)))
            {
                ReadTagged(model);
            }

            _code.Line("reader.Leave();");
        }
    }

    private void ReadTagged(StructModel model)
    {
        var tagged = model.Fields.Where(f => f.Tag >= 0).ToList();
        if (tagged.Count == 0)
        {
            _code.Line("reader.SkipTaggedFields();");
            return;
        }

        using (_code.Block("for (var left = reader.ReadVarUInt(); left > 0; left--)"))
        {
            _code.Line("var tag = reader.ReadVarUInt();");
            _code.Line("var size = reader.ReadVarUInt();");
            _code.Line("var end = reader.Position + (long)size;");
            using (_code.Block("switch (tag)"))
            {
                foreach (var field in tagged)
                {
                    using (_code.Block($"case {field.Tag} when {field.Tagged.Expression(versions)}:"))
                    {
                        ReadField(field);
                        _code.Line($"if (reader.Position != end) {{ throw new {Codec}WireFormatException(\"tagged field {field.Name} of another size than announced\"); }}");
                        _code.Line("break;");
                    }
                }

                _code.Line("default:");
                _code.Line("    reader.Skip(size);");
                _code.Line("    break;");
            }
        }
    }

    private void ReadField(FieldModel field)
    {
        if (!field.IsArray)
        {
            if (field.Type == WireType.Struct)
            {
                if (field.IsNullableStruct)
                {
                    _code.Line($"{field.Name} = null;");
                }

                using (_code.When(field.IsNullableStruct ? "reader.ReadInt8() >= 0" : null))
                {
                    _code.Line($"{field.Name} = new();");
                    _code.Line($"{field.Name}.Read(ref reader, version);");
                }
            }
            else
            {
                _code.Line($"{field.Name} = {ReadValue(field, field.Nullable.Covers(field.Versions), field.Nullable.IsEmpty)};");
            }

            return;
        }

        using (_code.Block(""))
        {
            _code.Line($"var length = reader.ReadArrayLength({Flex(field)}, {(field.Type is WireType.String or WireType.Bytes ? 1 : field.MinElementBytes)});");
            using (_code.Block("if (length < 0)"))
            {
                var refuse = $"throw new {Codec}WireFormatException(\"{field.Name} must not be null\");";
                if (field.Nullable.IsEmpty || !field.TypeIsNullable)
                {
                    _code.Line(refuse);
                }
                else
                {
                    if (field.Nullable.Intersect(field.Versions).Condition(versions.Intersect(field.Versions)) is { } nullable)
                    {
                        _code.Line($"if (!({nullable})) {{ {refuse} }}");
                    }

                    _code.Line($"{field.Name} = null;");
                }
            }

            using (_code.Block("else"))
            {
                _code.Line($"var list = new global::System.Collections.Generic.List<{field.ElementType}>(length);");
                using (_code.Block("for (var i = 0; i < length; i++)"))
                {
                    if (field.Type == WireType.Struct)
                    {
                        _code.Line($"var element = new {field.ElementType}();");
                        _code.Line("element.Read(ref reader, version);");
                        _code.Line("list.Add(element);");
                    }
                    else
                    {
                        _code.Line($"list.Add({ReadValue(field, alwaysNullable: false, neverNullable: true)});");
                    }
                }

                _code.Line($"{field.Name} = list;");
            }
        }
    }

    private string ReadValue(FieldModel field, bool alwaysNullable, bool neverNullable)
    {
        var flex = Flex(field);
        return field.Type switch
        {
            WireType.String or WireType.Bytes when neverNullable || !field.TypeIsNullable => $"reader.Read{field.Type}({flex})",
            WireType.String or WireType.Bytes when alwaysNullable => $"reader.ReadNullable{field.Type}({flex})",
            WireType.String or WireType.Bytes => $"({field.Nullable.Expression(versions)}) ? reader.ReadNullable{field.Type}({flex}) : reader.Read{field.Type}({flex})",
            WireType.Records => $"reader.ReadRecords({flex})",
            _ => $"reader.Read{field.Type}()",
        };
    }
}

using SchemaRegistry.Core.Languages;

namespace SchemaRegistry.Core.Avro;

/// <summary>What keeps a reader from reading.</summary>
internal enum AvroDifferenceKind
{
    Name,
    Size,
    Type,
    Symbols,
    Branch,
    Default,
}

/// <summary>A finding that is put into words only when it is told: most of those below unions never are.</summary>
internal sealed class AvroDifference(AvroDifferenceKind kind, AvroLocation at, AvroType reader, AvroType writer, string field = "")
{
    public AvroLocation At => at;

    public Finding Tell() => kind switch
    {
        AvroDifferenceKind.Name => AvroFindings.NameMismatch(at.To("name").Pointer, ((AvroNamed)writer).Name.Full),
        AvroDifferenceKind.Size => AvroFindings.FixedSize(at.To("size").Pointer, ((AvroFixed)reader).Size, ((AvroFixed)writer).Size),
        AvroDifferenceKind.Symbols => AvroFindings.MissingSymbols(at.To("symbols").Pointer, (AvroEnum)reader, (AvroEnum)writer),
        AvroDifferenceKind.Branch => AvroFindings.MissingBranch(at.Pointer, writer.Kind),
        AvroDifferenceKind.Default => AvroFindings.MissingDefault(at.Pointer, field),
        _ => AvroFindings.TypeMismatch(at.Pointer, reader.Kind, writer.Kind),
    };
}

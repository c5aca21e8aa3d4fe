using Kernel;

namespace SchemaRegistry.Core.Protobuf;

/// <summary>Counts what a schema is made of, so that a short text cannot become a mass of objects. One per file.</summary>
internal sealed class ProtoBudget
{
    private int _elements;

    /// <summary>One more element; a fault when there are too many.</summary>
    public void Count()
    {
        if (++_elements > Limits.MaxSchemaProtobufElements)
        {
            throw new ProtoFault($"The schema has more than {Limits.MaxSchemaProtobufElements} elements");
        }
    }
}

using Kernel;

namespace SchemaRegistry.Core.Protobuf;

/// <summary>
/// Counts what a schema and the files that it refers to are made of, so that a short text cannot become a mass of objects. One per schema.
/// </summary>
internal sealed class ProtoBudget
{
    /// <summary>A message or group: it has lists of all that may stand in it, a scope, and a descriptor of its own.</summary>
    public const int OfMessage = 5;

    /// <summary>A map field: its descriptor is a message with two fields.</summary>
    public const int OfMap = 4;

    /// <summary>A oneof or enum: both have lists.</summary>
    public const int OfList = 2;

    private int _elements;

    /// <summary>One more element, or one that counts as several; a fault when there are too many.</summary>
    public void Count(int elements = 1)
    {
        _elements += elements;
        if (_elements > Limits.MaxSchemaProtobufElements)
        {
            throw new ProtoFault($"The schema and what it refers to have more than {Limits.MaxSchemaProtobufElements} elements");
        }
    }
}

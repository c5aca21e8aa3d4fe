namespace SchemaRegistry.Core.JsonSchema.Loading;

/// <summary>A text that is no JSON Schema. Leaves loading only as an error text; the language never throws it.</summary>
internal sealed class InvalidSchemaException(string message, bool isExternal = false) : Exception(message)
{
    /// <summary>Because it refers to something that would have to be fetched.</summary>
    public bool IsExternal { get; } = isExternal;
}

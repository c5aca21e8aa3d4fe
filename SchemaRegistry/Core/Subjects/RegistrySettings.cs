using Kernel;

namespace SchemaRegistry.Core.Subjects;

/// <summary>What the operator decides for a registry. All instances of a tenant must be given the same.</summary>
public sealed record RegistrySettings
{
    /// <summary>schema.compatibility.level: where no setting says another.</summary>
    public CompatibilityLevel DefaultLevel { get; init; } = CompatibilityLevel.Backward;

    /// <summary>error_code of an incompatible schema: 409 as up to 8.1.1, or 40901 as from 8.2.0. The HTTP status is 409 in both.</summary>
    public int IncompatibleCode { get; init; } = 409;

    /// <summary>mode.mutability: whether modes may be changed at all.</summary>
    public bool IsModeMutable { get; init; } = true;

    /// <summary>Longest schema text, in UTF-16 units.</summary>
    public int MaxSchemaChars { get; init; } = Limits.DefaultMaxSchemaChars;
}

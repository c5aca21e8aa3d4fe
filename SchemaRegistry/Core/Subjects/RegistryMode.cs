namespace SchemaRegistry.Core.Subjects;

/// <summary>What may be written in a subject or context.</summary>
public enum RegistryMode
{
    ReadWrite,
    ReadOnly,

    /// <summary>Read-only, whatever a subject below says.</summary>
    ReadOnlyOverride,

    /// <summary>Clients give ids and versions; nothing is compared.</summary>
    Import,

    /// <summary>Writes belong to another registry. Only for all contexts together.</summary>
    Forward,
}

/// <summary>The names of <see cref="RegistryMode"/> on the wire.</summary>
public static class RegistryModes
{
    public static string Name(this RegistryMode mode) => mode switch
    {
        RegistryMode.ReadWrite => "READWRITE",
        RegistryMode.ReadOnly => "READONLY",
        RegistryMode.ReadOnlyOverride => "READONLY_OVERRIDE",
        RegistryMode.Import => "IMPORT",
        _ => "FORWARD",
    };

    /// <summary>Reads a name in any case.</summary>
    public static bool TryParse(string? name, out RegistryMode mode)
    {
        RegistryMode? read = name?.ToUpperInvariant() switch
        {
            "READWRITE" => RegistryMode.ReadWrite,
            "READONLY" => RegistryMode.ReadOnly,
            "READONLY_OVERRIDE" => RegistryMode.ReadOnlyOverride,
            "IMPORT" => RegistryMode.Import,
            "FORWARD" => RegistryMode.Forward,
            _ => null,
        };
        mode = read ?? default;
        return read is not null;
    }
}

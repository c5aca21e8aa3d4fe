using Kernel;

namespace SchemaRegistry.Core.Avro;

/// <summary>A name of a record, enum or fixed with its namespace. Equal by the full name.</summary>
/// <param name="Space">The namespace; null for none, never empty.</param>
/// <param name="Name">Without the namespace.</param>
internal readonly record struct AvroName(string? Space, string Name)
{
    private static readonly HashSet<string> TypeNames =
        ["record", "enum", "array", "map", "union", "fixed", "string", "bytes", "int", "long", "float", "double", "boolean", "null"];

    public string Full => Space is null ? Name : $"{Space}.{Name}";

    /// <summary>A dotted name brings its own namespace (".X" the empty one); another has the enclosing one.</summary>
    public static AvroName Of(string name, string? space)
    {
        var dot = name.LastIndexOf('.');
        if (dot >= 0)
        {
            space = name[..dot];
            name = name[(dot + 1)..];
        }

        if (name.Length + (space?.Length ?? 0) > Limits.MaxSchemaAvroNameChars)
        {
            throw new AvroFault($"A name is longer than {Limits.MaxSchemaAvroNameChars} characters");
        }

        return new AvroName(space is "" ? null : space, name);
    }

    /// <summary>How a text inside a namespace names the type: short where that is clear.</summary>
    public string In(string? enclosing) => Space is not null && Space == enclosing && !TypeNames.Contains(Name) ? Name : Full;

    /// <summary>Throws for a name (a part of one, without dots) that a schema may not have.</summary>
    /// <param name="name">Of a type, field or symbol.</param>
    /// <param name="strict">Only what every language can write is allowed.</param>
    public static void Check(string name, bool strict)
    {
        if (name.Length is 0 or > Limits.MaxSchemaAvroNameChars)
        {
            throw new AvroFault(name.Length == 0 ? "Empty name" : $"A name is longer than {Limits.MaxSchemaAvroNameChars} characters");
        }

        if (strict && !IsStrict(name))
        {
            throw new AvroFault($"Illegal character or first letter in name: {AvroPlace.Excerpt(name)}");
        }
    }

    /// <summary>Letters, digits and underscores of ASCII, no digit first.</summary>
    private static bool IsStrict(string name)
    {
        if (name.Length == 0 || char.IsAsciiDigit(name[0]))
        {
            return false;
        }

        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
            {
                return false;
            }
        }

        return true;
    }
}

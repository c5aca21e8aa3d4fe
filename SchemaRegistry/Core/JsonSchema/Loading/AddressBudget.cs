using Kernel;

namespace SchemaRegistry.Core.JsonSchema.Loading;

/// <summary>
/// Resolves the addresses of one load within bounds: each is written out with the address that it is relative to, so that a long $id and many
/// references would make gigabytes of a megabyte.
/// </summary>
internal sealed class AddressBudget
{
    private int _charsLeft = Limits.MaxSchemaJsonAddressCharsInAll;

    /// <summary>As <see cref="UriReference.Resolve"/>. Throws <see cref="InvalidSchemaException"/> for an address that is too long.</summary>
    public string Resolve(string baseUri, string reference)
    {
        if (reference.Length > Limits.MaxSchemaJsonAddressChars)
        {
            throw new InvalidSchemaException($"an address has more than {Limits.MaxSchemaJsonAddressChars} characters");
        }

        _charsLeft -= baseUri.Length + reference.Length;
        if (_charsLeft < 0)
        {
            throw new InvalidSchemaException($"the addresses of the schema have more than {Limits.MaxSchemaJsonAddressCharsInAll} characters altogether");
        }

        return UriReference.Resolve(baseUri, reference);
    }
}

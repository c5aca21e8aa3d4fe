using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Kernel;
using SchemaRegistry.Core.Languages;
using SchemaRegistry.Core.Subjects.Contracts;

namespace SchemaRegistry.Core.Subjects;

/// <summary>What a stored schema's text with all references written out hashes to.</summary>
/// <param name="Stamp">Stands for all that the text was made of.</param>
/// <param name="Digest">Null where there is no such text.</param>
internal sealed record ResolvedDigest(Guid Stamp, Guid? Digest);

/// <summary>
/// Tells for one look-up which stored schemas are another one that was written in one piece. To write out a version takes parsing it with its
/// references, so each version keeps the digest: one who looks up again what is not there would else have all versions parsed each time.
/// MD5 rules out, and what it does not rule out is compared.
/// </summary>
internal sealed class ResolvedTexts(RegistryImage image, SchemaParser parser, Candidate candidate)
{
    private const string Resolved = "resolved";
    private readonly Dictionary<SchemaKey, Guid> _stamps = [];
    private string? _text;
    private Guid _digest;

    public bool IsSame(StoredSchema version)
    {
        if (_text is null)
        {
            _text = candidate.Parsed.Format(Resolved) ?? candidate.Text;
            _digest = DigestOf(_text);
        }

        var stamp = Stamp(version, depth: 0);
        if (version.Resolved is { } known && known.Stamp == stamp && known.Digest != _digest)
        {
            return false;
        }

        var text = TextOf(version);
        version.Resolved = new ResolvedDigest(stamp, text is null ? null : DigestOf(text));
        return text == _text;
    }

    private string? TextOf(StoredSchema version)
    {
        try
        {
            return parser.Parse(image, version).Format(Resolved);
        }
        catch (RegistryException)
        {
            return null;
        }
    }

    /// <summary>Covers what the schema refers to, as it is now: an import may put another schema in the place of a deleted one.</summary>
    private Guid Stamp(StoredSchema schema, int depth)
    {
        // What goes deeper is not parsed.
        if (schema.References.Count == 0 || depth > Limits.MaxSchemaReferenceDepth)
        {
            return schema.Guid;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        hash.AppendData(schema.Guid.ToByteArray());
        foreach (var key in RegistryImage.Targets(schema))
        {
            if (!_stamps.TryGetValue(key, out var stamp) && image.Schema(key) is { } target)
            {
                // Its own until it is known: a log may hold circles.
                _stamps[key] = target.Guid;
                stamp = _stamps[key] = Stamp(target, depth + 1);
            }

            hash.AppendData(stamp.ToByteArray());
        }

        return new Guid(hash.GetHashAndReset());
    }

    private static Guid DigestOf(string text) => new(MD5.HashData(MemoryMarshal.AsBytes(text.AsSpan())));
}

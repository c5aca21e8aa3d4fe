using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace SchemaRegistry.Core.Subjects.Contracts;

/// <summary>
/// The GUID of a schema: MD5 over its text, references, metadata and rules in Confluent's order of bytes. Equal content has the same GUID in
/// every registry of the world. The language is not part of it. MD5 finds equals here, it protects nothing.
/// </summary>
public static class SchemaIdentity
{
    private static readonly byte[] Present = [1];

    public static Guid Of(string text, IReadOnlyList<SchemaReference> references, SchemaMetadata? metadata, RuleSet? rules)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        Add(hash, text);
        Span<byte> number = stackalloc byte[sizeof(int)];
        foreach (var reference in references)
        {
            Add(hash, reference.Name);
            Add(hash, reference.Subject);
            BinaryPrimitives.WriteInt32BigEndian(number, reference.Version);
            hash.AppendData(number);
        }

        if (metadata is not null)
        {
            hash.AppendData(Present);
            AddMetadata(hash, metadata);
        }

        if (rules is not null)
        {
            hash.AppendData(Present);
            AddRules(hash, rules.Migration);
            AddRules(hash, rules.Domain);
            AddRules(hash, rules.Encoding);
            Add(hash, rules.EnableAt);
        }

        return new Guid(hash.GetHashAndReset(), bigEndian: true);
    }

    private static void AddMetadata(IncrementalHash hash, SchemaMetadata metadata)
    {
        foreach (var (path, names) in metadata.Tags)
        {
            Add(hash, path);
            foreach (var name in names)
            {
                Add(hash, name);
            }
        }

        foreach (var (name, value) in metadata.Properties)
        {
            Add(hash, name);
            Add(hash, value);
        }

        foreach (var name in metadata.Sensitive)
        {
            Add(hash, name);
        }
    }

    private static void AddRules(IncrementalHash hash, IReadOnlyList<Rule> rules)
    {
        foreach (var rule in rules)
        {
            Add(hash, rule.Name);
            Add(hash, rule.Doc);
            Add(hash, rule.Kind);
            Add(hash, rule.Mode);
            Add(hash, rule.Type);
            foreach (var tag in rule.Tags)
            {
                Add(hash, tag);
            }

            foreach (var (name, value) in rule.Params)
            {
                Add(hash, name);
                Add(hash, value);
            }

            Add(hash, rule.Expr);
            Add(hash, rule.OnSuccess);
            Add(hash, rule.OnFailure);
            if (rule.IsDisabled)
            {
                hash.AppendData(Present);
            }
        }
    }

    private static void Add(IncrementalHash hash, string? text)
    {
        if (text is not null)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(text));
        }
    }
}

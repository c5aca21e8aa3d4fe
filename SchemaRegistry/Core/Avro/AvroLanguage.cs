using System.Text;
using Kernel;
using SchemaRegistry.Core.Languages;

namespace SchemaRegistry.Core.Avro;

/// <summary>
/// Avro as a schema language of the registry: the verdicts and texts of Java's Avro 1.12, in bounded time. Names of new schemas are of ASCII
/// letters, digits and underscores, and their defaults fit; look-ups and references are taken as they are stored.
/// </summary>
public sealed class AvroLanguage : ISchemaLanguage
{
    public SchemaType Type => SchemaType.Avro;

    public ParseResult Parse(SchemaSource source, ParseRules rules)
    {
        try
        {
            var parser = new AvroParser();
            foreach (var reference in Closure(source))
            {
                try
                {
                    parser.Parse(reference.Source.Text, strict: false);
                }
                catch (AvroFault e)
                {
                    throw new AvroFault($"Reference {AvroPlace.Excerpt(reference.Name)}: {e.Message}");
                }
            }

            string[] referenced = [.. parser.DefinedNames];
            return ParseResult.Ok(new AvroSchema(parser.Parse(source.Text, rules.ValidateNew), referenced));
        }
        catch (AvroFault e)
        {
            return ParseResult.Bad(e.Message);
        }
    }

    public IReadOnlyList<Finding> Compare(IParsedSchema reader, IParsedSchema writer, CompatibilityPolicy policy)
    {
        try
        {
            return AvroCompatibility.Compare(((AvroSchema)reader).Root, ((AvroSchema)writer).Root);
        }
        catch (AvroFault e)
        {
            return [AvroFindings.Fault(e.Message)];
        }
    }

    public string Describe(Finding finding, string reader, string writer) => AvroFindings.Describe(finding, reader, writer);

    public string Sentence(Finding finding, string reader, string writer) => AvroFindings.Sentence(finding, reader, writer);

    /// <summary>
    /// All schemas that the source refers to, each once and after those that it refers to itself. They form a graph that may join again at each
    /// level: it is walked by versions, not by ways.
    /// </summary>
    private static List<ResolvedReference> Closure(SchemaSource source)
    {
        var order = new List<ResolvedReference>();
        var seen = new HashSet<(string, int)>();
        var open = new Stack<(ResolvedReference Reference, bool IsLeft)>();
        long bytes = 0;
        Push(source);
        while (open.TryPop(out var next))
        {
            if (next.IsLeft)
            {
                order.Add(next.Reference);
                continue;
            }

            if (!seen.Add((next.Reference.Subject, next.Reference.Version)))
            {
                continue;
            }

            bytes += Encoding.UTF8.GetByteCount(next.Reference.Source.Text);
            if (seen.Count > Limits.MaxSchemaAvroReferences || bytes > Limits.MaxSchemaAvroReferenceBytes)
            {
                throw new AvroFault($"References are more than {Limits.MaxSchemaAvroReferences} schemas or {Limits.MaxSchemaAvroReferenceBytes} bytes");
            }

            open.Push((next.Reference, true));
            Push(next.Reference.Source);
        }

        return order;

        void Push(SchemaSource from)
        {
            for (var i = from.References.Count - 1; i >= 0; i--)
            {
                open.Push((from.References[i], false));
            }
        }
    }
}

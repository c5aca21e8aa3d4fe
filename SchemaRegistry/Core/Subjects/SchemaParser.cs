using System.Runtime.CompilerServices;
using Kernel;
using SchemaRegistry.Core.Languages;
using SchemaRegistry.Core.Subjects.Contracts;

namespace SchemaRegistry.Core.Subjects;

/// <summary>
/// Parses schemas together with what they refer to. Remembers the last parsed ones: any thread may ask, and a lost race costs parsing once
/// more. What is parsed depends on the texts alone, so remembering changes no answer.
/// </summary>
public sealed class SchemaParser(Func<SchemaType, ISchemaLanguage> languages)
{
    private readonly Remembered?[] _remembered = new Remembered?[Limits.MaxRememberedSchemas];
    private int _rememberedChars;
    private int _nextToForget;

    // A large text is parsed once for a request, which looks it up before it is written: as long as the request has it.
    private readonly ConditionalWeakTable<string, Remembered> _ofRequests = [];

    public ISchemaLanguage Language(SchemaType type) => languages(type);

    /// <summary>Parses a client's schema into the form in which it is stored. Throws <see cref="RegistryException"/> 42201, also for one that cannot be
    /// normalised when that is asked for, and 42209.</summary>
    /// <param name="context">Where references without a context are looked for.</param>
    /// <param name="request">Its text must not be empty.</param>
    public Candidate Parse(RegistryImage image, string context, SchemaRequest request, bool normalize, ParseRules rules, int maxChars = int.MaxValue)
    {
        if (!SchemaTypes.TryParse(request.Type, out var type))
        {
            throw new RegistryException(RegistryError.InvalidSchema($"Invalid schema type {request.Type}"));
        }

        if (string.IsNullOrEmpty(request.Text))
        {
            throw new RegistryException(RegistryError.EmptySchema());
        }

        if (request.Text.Length > maxChars)
        {
            throw new RegistryException(RegistryError.TooLarge());
        }

        var references = ReferenceResolver.WithVersions(image, context, request.References);
        if (normalize)
        {
            references = [.. references.Distinct().OrderBy(reference => reference.Name, StringComparer.Ordinal)
                .ThenBy(reference => reference.Subject, StringComparer.Ordinal).ThenBy(reference => reference.Version)];
        }

        var source = new ReferenceResolver(image, mustBeLive: rules.ValidateNew).Source(request.Text, context, references);
        var parsed = Parse(type, source, rules, isRequest: true);
        if (normalize && parsed.NormalizationError is { } fault)
        {
            throw new RegistryException(RegistryError.InvalidSchema(fault));
        }

        return new Candidate(type, parsed, normalize ? parsed.NormalizedText : parsed.CanonicalText, references, request.Metadata, request.Rules);
    }

    /// <summary>The characters that a stored schema is parsed with: its own and those of all that it refers to. Throws as parsing it does.</summary>
    public static long CharsOf(RegistryImage image, StoredSchema schema)
    {
        var resolver = new ReferenceResolver(image, mustBeLive: false);
        resolver.Source(schema.Text, SubjectName.Parse(schema.Subject).Context, schema.References);
        return resolver.Chars;
    }

    /// <summary>Parses a stored schema. Throws <see cref="RegistryException"/> 42201 when it, or what it refers to, can no longer be parsed.</summary>
    public IParsedSchema Parse(RegistryImage image, StoredSchema schema)
    {
        var source = new ReferenceResolver(image, mustBeLive: false).Source(schema.Text, SubjectName.Parse(schema.Subject).Context, schema.References);
        return Parse(schema.Type, source, ParseRules.Lookup, isRequest: false);
    }

    private IParsedSchema Parse(SchemaType type, SchemaSource source, ParseRules rules, bool isRequest)
    {
        ref var slot = ref _remembered[Slot(source.Text)];
        if (Volatile.Read(ref slot) is { } remembered && remembered.Type == type && remembered.Rules == rules && SameSource(remembered.Source, source))
        {
            return remembered.Parsed;
        }

        if (source.References.Count == 0 && _ofRequests.TryGetValue(source.Text, out var large) && large.Type == type && large.Rules == rules)
        {
            return large.Parsed;
        }

        var result = languages(type).Parse(source, rules);
        if (result.Schema is null)
        {
            throw new RegistryException(RegistryError.InvalidSchema(result.Error ?? "Either the input schema or one its references is invalid"));
        }

        if (source.References.Count == 0)
        {
            var parsed = new Remembered(type, source, rules, result.Schema);
            if (source.Text.Length <= Limits.MaxRememberedSchemaChars)
            {
                Remember(ref slot, parsed);
            }
            else if (isRequest)
            {
                _ofRequests.AddOrUpdate(source.Text, parsed);
            }
        }

        return result.Schema;
    }

    /// <summary>Forgets others, slot by slot, for as long as all texts together are too long: however short each is, what is parsed of it may be large.</summary>
    private void Remember(ref Remembered? slot, Remembered parsed)
    {
        var replaced = Interlocked.Exchange(ref slot, parsed);
        var chars = Interlocked.Add(ref _rememberedChars, parsed.Source.Text.Length - (replaced?.Source.Text.Length ?? 0));
        while (chars > Limits.MaxRememberedSchemaCharsInAll)
        {
            var next = (uint)Interlocked.Increment(ref _nextToForget) % Limits.MaxRememberedSchemas;
            var forgotten = Interlocked.Exchange(ref _remembered[next], null);
            chars = Interlocked.Add(ref _rememberedChars, -(forgotten?.Source.Text.Length ?? 0));
        }
    }

    /// <summary>A few characters suffice to spread texts over the slots; a slot compares the whole text.</summary>
    private static int Slot(string text)
    {
        const int Samples = 64;
        var hash = 2166136261u ^ (uint)text.Length;
        var step = Math.Max(1, text.Length / Samples);
        for (var i = 0; i < text.Length; i += step)
        {
            hash = (hash ^ text[i]) * 16777619u;
        }

        return (int)(hash % Limits.MaxRememberedSchemas);
    }

    private static bool SameSource(SchemaSource one, SchemaSource other) => other.References.Count == 0 && one.Text == other.Text;

    private sealed record Remembered(SchemaType Type, SchemaSource Source, ParseRules Rules, IParsedSchema Parsed);
}

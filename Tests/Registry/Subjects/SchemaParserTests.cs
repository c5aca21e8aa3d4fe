using System.Runtime.CompilerServices;
using Kernel;
using SchemaRegistry.Core.Languages;
using SchemaRegistry.Core.Subjects;
using Xunit;

namespace Tests.Registry.Subjects;

/// <summary>What the parser keeps, and for how long.</summary>
public class SchemaParserTests
{
    private static readonly SubjectName Name = SubjectName.Parse("s");

    [Fact]
    public void All_remembered_texts_together_have_a_bound()
    {
        const int Count = 2 * Limits.MaxRememberedSchemaCharsInAll / Limits.MaxRememberedSchemaChars;
        var parser = new SchemaParser(WordLanguage.Of);
        var parsed = Enumerable.Range(0, Count).Select(n => Parse(parser, Long(n))).ToList();
        GC.Collect();
        var kept = parsed.Count(each => each.TryGetTarget(out _));
        Assert.InRange(kept, 1, Limits.MaxRememberedSchemaCharsInAll / Limits.MaxRememberedSchemaChars);
        GC.KeepAlive(parser);
    }

    /// <summary>The clients of a thousand schemas ask for them in turn, and then in turn again.</summary>
    [Fact]
    public void Short_texts_are_remembered_over_long_ones_that_came_before()
    {
        var parser = new SchemaParser(WordLanguage.Of);
        for (var n = 0; n < 100; n++)
        {
            Parse(parser, Long(n));
        }

        var first = Parsed(parser, "a b c");
        Parsed(parser, "d e f");
        Assert.Same(first, Parsed(parser, "a b c"));
    }

    /// <summary>Else a request without a text would keep what it costs to parse the stored one for as long as that is stored.</summary>
    [Fact]
    public void What_a_request_parses_of_a_stored_text_goes_with_the_request()
    {
        var parser = new SchemaParser(WordLanguage.Of);
        var stored = new StoredSchema("s", 1, 1, Guid.Empty, SchemaType.Avro, [], null, null, new string('x', Limits.MaxRememberedSchemaChars + 1), false, 0);
        var image = RegistryImage.Empty.With(new SchemaRegistry.Core.Subjects.Records.SchemaRecord("s", 1, stored));
        var parsed = ParseLatest(parser, image);
        GC.Collect();
        Assert.False(parsed.TryGetTarget(out _), "it is still there");
        GC.KeepAlive((parser, image));
    }

    /// <summary>The longest that is remembered, with another first character for each number: those tell the slots of the parser apart.</summary>
    private static string Long(int number) => $"{(char)('\u4e00' + number)}".PadRight(Limits.MaxRememberedSchemaChars, 'x');

    // Not inlined: a local of the caller would keep what is to be collected.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference<IParsedSchema> Parse(SchemaParser parser, string text) => new(Parsed(parser, text));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference<IParsedSchema> ParseLatest(SchemaParser parser, RegistryImage image) =>
        new(Parsed(parser, SchemaLookup.WithText(image, Name, new SchemaRequest()), image));

    private static IParsedSchema Parsed(SchemaParser parser, string text) => Parsed(parser, new SchemaRequest { Text = text }, RegistryImage.Empty);

    private static IParsedSchema Parsed(SchemaParser parser, SchemaRequest request, RegistryImage image) =>
        parser.Parse(image, Name.Context, request, normalize: false, ParseRules.Lookup).Parsed;
}

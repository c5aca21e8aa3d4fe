using SchemaRegistry.Core.Languages;
using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Core.Subjects.Contracts;
using SchemaRegistry.Core.Subjects.Records;
using Xunit;

namespace Tests.Registry.Subjects;

/// <summary>Looking up in one piece what is stored with references.</summary>
public class ResolvedTextsTests
{
    private static readonly SubjectName Name = SubjectName.Parse("s");
    private readonly CountingLanguage _language = new();

    [Fact]
    public void Versions_are_parsed_once_however_often_something_is_looked_up()
    {
        var image = Image("a b", versions: 20);
        var parser = new SchemaParser(_ => _language);
        Assert.Null(Find(image, parser, "nothing"));
        Assert.InRange(_language.Parsed, 20, int.MaxValue);
        var before = _language.Parsed;
        Assert.Null(Find(image, parser, "nothing"));
        Assert.Null(Find(image.With(new SchemaRecord("other", 1, Stored("other", 1, "o"))), parser, "nothing"));
        Assert.Equal(before, _language.Parsed);
        Assert.Equal(7, Find(image, parser, "a b v7")?.Version);
    }

    [Fact]
    public void Another_schema_in_the_place_of_what_is_referred_to_is_seen_at_any_depth()
    {
        var image = Image("a b", versions: 3);
        var parser = new SchemaParser(_ => _language);
        Assert.Null(Find(image, parser, "c v2"));
        var later = image.With(new SchemaRecord("base", 1, Stored("base", 1, "c")));
        Assert.Equal(2, Find(later, parser, "c v2")?.Version);
        Assert.Null(Find(later, parser, "a b v2"));
        Assert.Null(Find(later.With(new SchemaRecord("base", 1, null)), parser, "c v2"));
    }

    /// <summary>No registry makes them, but a log may hold them.</summary>
    [Fact]
    public void References_in_a_circle_end()
    {
        var image = RegistryImage.Empty
            .With(new SchemaRecord("s", 1, Stored("s", 1, "@r", new SchemaReference("r", "t", 1), new SchemaReference("q", "t", 1))))
            .With(new SchemaRecord("t", 1, Stored("t", 1, "@r", new SchemaReference("r", "s", 1), new SchemaReference("q", "s", 1))));
        Assert.Null(Find(image, new SchemaParser(_ => _language), "a"));
    }

    private static StoredSchema? Find(RegistryImage image, SchemaParser parser, string text) =>
        SchemaLookup.Find(image, parser, Name, parser.Parse(image, Name.Context, new SchemaRequest { Text = text }, false, ParseRules.Lookup), withDeleted: false);

    /// <summary>A subject whose versions refer to a middle, which refers to a base.</summary>
    private static RegistryImage Image(string text, int versions)
    {
        var image = RegistryImage.Empty.With(new SchemaRecord("base", 1, Stored("base", 1, text)))
            .With(new SchemaRecord("middle", 1, Stored("middle", 1, "@r", new SchemaReference("r", "base", 1))));
        return Enumerable.Range(1, versions).Aggregate(image,
            (before, n) => before.With(new SchemaRecord("s", n, Stored("s", n, $"@m v{n}", new SchemaReference("m", "middle", 1)))));
    }

    private static StoredSchema Stored(string subject, int version, string text, params SchemaReference[] references) =>
        new(subject, version, version, SchemaIdentity.Of(text, references, null, null), SchemaType.Avro, references, null, null, text, false, 0);

    private sealed class CountingLanguage : ISchemaLanguage
    {
        private readonly ISchemaLanguage _words = WordLanguage.Of(SchemaType.Avro);

        public int Parsed { get; private set; }

        public SchemaType Type => _words.Type;

        public ParseResult Parse(SchemaSource source, ParseRules rules)
        {
            Parsed++;
            return _words.Parse(source, rules);
        }

        public IReadOnlyList<Finding> Compare(IParsedSchema reader, IParsedSchema writer, CompatibilityPolicy policy) => _words.Compare(reader, writer, policy);

        public string Describe(Finding finding, string reader, string writer) => _words.Describe(finding, reader, writer);

        public string Sentence(Finding finding, string reader, string writer) => _words.Sentence(finding, reader, writer);
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Text;
using SchemaRegistry.Core.Languages;
using Xunit;

namespace Tests.Registry.JsonSchema;

/// <summary>
/// Throws broken schemas at the language: whatever comes, there is an answer and no exception, and what is accepted can be printed, parsed again and
/// compared. FUZZ_SECONDS says how long (2 unless set), SEED begins with a run that failed.
/// </summary>
public class JsonSchemaFuzz
{
    private const double DefaultSeconds = 2;

    private static readonly string[] Tokens =
    [
        "{", "}", "[", "]", ":", ",", "\"$ref\":\"#\"", "\"$ref\":", "\"#/definitions/x\"", "\"#/$defs/x\"", "\"type\":", "\"string\"", "\"object\"",
        "\"array\"", "true", "false", "null", "0", "-1", "1e400", "1E-7", "\"properties\":", "\"items\":", "\"allOf\":", "\"anyOf\":", "\"oneOf\":", "\"not\":",
        "\"enum\":", "\"const\":", "\"required\":", "\"additionalProperties\":", "\"patternProperties\":", "\"(a+)+$\":", "\"$id\":", "\"$schema\":", "\"$dynamicRef\":",
        "\"https://json-schema.org/draft/2020-12/schema\"", "\"http://json-schema.org/draft-04/schema#\"", "\"definitions\":", "\"$defs\":", "\"dependencies\":",
        "\"pattern\":", "\"multipleOf\":", "\"unevaluatedProperties\":", "\"prefixItems\":", "\"\\ud800\"", "\"{0}\":", " ",
    ];

    [Fact]
    public void Broken_schemas_have_an_answer()
    {
        var seconds = double.TryParse(Environment.GetEnvironmentVariable("FUZZ_SECONDS"), CultureInfo.InvariantCulture, out var given) ? given : DefaultSeconds;
        var seed = int.TryParse(Environment.GetEnvironmentVariable("SEED"), CultureInfo.InvariantCulture, out var chosen) ? chosen : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"SEED={seed}");
        var clock = Stopwatch.StartNew();
        IParsedSchema? last = null;
        var (runs, accepted) = (0, 0);
        do
        {
            var text = "";
            try
            {
                text = Broken(new Random(seed));
                if (Run(text, last) is { } schema)
                {
                    last = schema;
                    accepted++;
                }
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"SEED={seed} finds it, or the run before: {e.Message}\n{text}", e);
            }

            seed = unchecked(seed + 1);
            runs++;
        }
        while (clock.Elapsed.TotalSeconds < seconds);

        TestContext.Current.TestOutputHelper?.WriteLine($"{runs} runs, {accepted} accepted");
        Assert.True(runs < 100 || accepted > runs / 100, $"only {accepted} of {runs} were accepted: the fuzz sees nothing but the JSON reader");
    }

    private static IParsedSchema? Run(string text, IParsedSchema? other)
    {
        var stored = SchemaCase.Language.Parse(SchemaSource.Of(text), ParseRules.Lookup);
        var result = SchemaCase.Language.Parse(SchemaSource.Of(text), ParseRules.Register);
        Assert.True(result.Schema is null != result.Error is null);
        if (stored.Schema is not { } any)
        {
            Assert.Null(result.Schema);
            return null;
        }

        var again = SchemaCase.Language.Parse(SchemaSource.Of(any.NormalizedText), ParseRules.Lookup).Schema!;
        Assert.Equal(any.NormalizedText, again.NormalizedText);
        Assert.Equal(any.CanonicalText, SchemaCase.Language.Parse(SchemaSource.Of(any.CanonicalText), ParseRules.Lookup).Schema!.CanonicalText);
        foreach (var finding in SchemaCase.Language.Compare(any, other ?? any, CompatibilityPolicy.Strict)
            .Concat(SchemaCase.Language.Compare(other ?? any, any, CompatibilityPolicy.Lenient)))
        {
            var expected = finding.Type == "COMPARISON_FAILED" ? "Unexpected" : finding.Type;
            Assert.Contains(expected, SchemaCase.Language.Describe(finding, "new", "old"), StringComparison.Ordinal);
        }

        if (result.Schema is not null)
        {
            Assert.True(SchemaCase.IsCompatible(result.Schema, any));
        }

        return result.Schema;
    }

    private static string Broken(Random random)
    {
        var text = new StringBuilder(random.Next(3) == 0
            ? string.Concat(Enumerable.Range(0, random.Next(1, 30)).Select(_ => Tokens[random.Next(Tokens.Length)]))
            : random.Next(2) == 0 ? AnySchemas.Make(random) : SchemaCase.All[random.Next(SchemaCase.All.Count)].Original);
        for (var i = random.Next(4); i > 0 && text.Length > 0; i--)
        {
            var at = random.Next(text.Length);
            switch (random.Next(5))
            {
                case 0:
                    text.Remove(at, Math.Min(random.Next(1, 10), text.Length - at));
                    break;
                case 1:
                    text.Insert(at, Tokens[random.Next(Tokens.Length)]);
                    break;
                case 2:
                    text[at] = (char)random.Next(32, 127);
                    break;
                case 3:
                    ReplaceValue(text, random);
                    break;
                default:
                    ReplaceWord(text, random);
                    break;
            }
        }

        return text.ToString();
    }

    /// <summary>Puts another value behind a colon, so that the text stays JSON and its keywords have values of wrong types.</summary>
    private static void ReplaceValue(StringBuilder text, Random random)
    {
        var whole = text.ToString();
        var colon = whole.IndexOf(':', random.Next(whole.Length));
        if (colon >= 0 && colon + 1 < whole.Length && whole[colon + 1] is not ('{' or '['))
        {
            var end = whole.IndexOfAny([',', '}'], colon);
            if (end > 0)
            {
                string[] values = ["{}", "[]", "\"a\"", "0", "true", "null", "{\"$ref\":\"#\"}"];
                text.Remove(colon + 1, end - colon - 1).Insert(colon + 1, values[random.Next(values.Length)]);
            }
        }
    }

    private static void ReplaceWord(StringBuilder text, Random random)
    {
        string[] words = ["properties", "items", "anyOf", "allOf", "string", "object", "number", "required", "enum", "definitions", "maxLength"];
        text.Replace("\"" + words[random.Next(words.Length)] + "\"", "\"" + words[random.Next(words.Length)] + "\"");
    }
}

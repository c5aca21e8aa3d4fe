using System.Globalization;
using System.Text.Json.Nodes;
using CsCheck;
using SchemaRegistry.Core.Languages;
using Tests.Registry.Harness;
using Xunit;

namespace Tests.Registry.JsonSchema;

/// <summary>
/// What compatible means: an instance that the original schema accepts is accepted by the update. Checked with a validator of the tests' own, over
/// generated pairs of schemas; PAIRS sets their number.
/// </summary>
public class MeaningTests
{
    private const int DefaultPairs = 4000;
    private const int InstancesPerPair = 25;

    // Of the generated pairs, so many have to say something: compatible, different texts, and instances that the original accepts.
    private const double LeastUseful = 0.2;

    // Of the pairs that are called incompatible, so many have to have an instance that shows it.
    private const double LeastShown = 0.7;

    // Compatible by the rules, though an instance without the property is refused when it is required as well.
    private static readonly string[] Exceptions = ["PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL"];

    [Fact]
    public void What_the_original_accepts_the_update_accepts_when_the_verdict_is_compatible()
    {
        var pairs = Draws.Count(DefaultPairs);
        var useful = 0;
        Gen.Int.Try(
            seed =>
            {
                var random = new Random(seed);
                var schemas = new ClosedSchemas(random);
                var original = schemas.Make();
                var update = schemas.Change(original);
                var findings = SchemaCase.Language.Compare(
                    SchemaCase.Parse(update.ToJsonString()), SchemaCase.Parse(original.ToJsonString()), CompatibilityPolicy.Strict);
                if (!findings.All(f => f.IsCompatible) || findings.Any(f => Exceptions.Contains(f.Type)))
                {
                    return true;
                }

                var isUseful = false;
                for (var i = 0; i < InstancesPerPair; i++)
                {
                    var instance = new Instances(random).Make(original);
                    if (InstanceValidator.IsValid(original, instance))
                    {
                        isUseful |= !JsonNode.DeepEquals(original, update);
                        Assert.True(
                            InstanceValidator.IsValid(update, instance),
                            $"called compatible:\n{original.ToJsonString()}\n{update.ToJsonString()}\nbut not for\n{instance?.ToJsonString() ?? "null"}");
                    }
                }

                if (isUseful)
                {
                    Interlocked.Increment(ref useful);
                }

                return true;
            },
            pairs);
        TestContext.Current.TestOutputHelper?.WriteLine($"{useful} of {pairs} pairs are compatible and differ");
        Assert.True(useful >= pairs * LeastUseful, $"only {useful} of {pairs} pairs say something");
    }

    /// <summary>
    /// What incompatible means: some instance that the original accepts is refused by the update. The rules are stricter than that in places, and 25
    /// instances may miss the one; but of the pairs that are called incompatible, most must have one among them.
    /// </summary>
    [Fact]
    public void Some_instance_of_the_original_is_refused_when_the_verdict_is_incompatible()
    {
        var pairs = Draws.Count(DefaultPairs);
        var (shown, incompatible) = (0, 0);
        Gen.Int.Try(
            seed =>
            {
                var random = new Random(seed);
                var schemas = new ClosedSchemas(random);
                var original = schemas.Make();
                var update = schemas.Change(original);
                if (SchemaCase.IsCompatible(SchemaCase.Parse(original.ToJsonString()), SchemaCase.Parse(update.ToJsonString())))
                {
                    return true;
                }

                Interlocked.Increment(ref incompatible);
                for (var i = 0; i < InstancesPerPair; i++)
                {
                    var instance = new Instances(random).Make(original);
                    if (InstanceValidator.IsValid(original, instance) && !InstanceValidator.IsValid(update, instance))
                    {
                        Interlocked.Increment(ref shown);
                        break;
                    }
                }

                return true;
            },
            pairs);
        TestContext.Current.TestOutputHelper?.WriteLine($"{shown} of {incompatible} incompatible pairs have an instance that shows it");
        Assert.True(shown >= incompatible * LeastShown, $"only {shown} of {incompatible} pairs have one");
    }
}

using System.Globalization;
using Tests.Registry.Harness;
using Xunit;

namespace Tests.Registry.Protobuf;

/// <summary>The verdicts against bytes: what is called compatible loses nothing, and what is called incompatible for its types loses something.</summary>
public class WireTests
{
    private static readonly string[] Stricter = ["ONEOF_FIELD_REMOVED", "MESSAGE_REMOVED"];

    [Fact]
    public void Verdicts_are_those_of_the_bytes()
    {
        var pairs = Draws.Count(4000);
        var seed = int.Parse(Environment.GetEnvironmentVariable("SEED") ?? "1", CultureInfo.InvariantCulture);
        var (compatible, incompatible) = (0, 0);
        for (var i = 0; i < pairs; i++)
        {
            var random = new Random(unchecked((seed * 1_000_003) + i));
            var writer = WireModel.Random(random);
            var reader = writer.Evolve(random);
            var findings = Protos.Language.Compare(
                Protos.Parse(reader.Text), Protos.Parse(writer.Text), SchemaRegistry.Core.Languages.CompatibilityPolicy.Strict);
            var bad = findings.Where(f => !f.IsCompatible).ToList();
            var reads = WireModel.Reads(reader, writer);
            if (bad.Count == 0)
            {
                compatible++;
                Assert.True(reads, $"pair {i}: called compatible\nwriter {writer.Text}\nreader {reader.Text}");
            }
            else if (bad.Any(f => !Stricter.Contains(f.Type) && !(f.Type == "FIELD_MOVED_TO_EXISTING_ONEOF" || f.Type == "MULTIPLE_FIELDS_MOVED_TO_ONEOF")))
            {
                incompatible++;
                Assert.False(reads, $"pair {i}: called {string.Join(", ", bad)}\nwriter {writer.Text}\nreader {reader.Text}");
            }
            else if (bad.All(f => !Stricter.Contains(f.Type)))
            {
                incompatible++;
                Assert.False(reads, $"pair {i}: called {string.Join(", ", bad)}\nwriter {writer.Text}\nreader {reader.Text}");
            }
        }

        Assert.True(compatible > pairs / 20 && incompatible > pairs / 20, $"{compatible} compatible, {incompatible} incompatible of {pairs}");
    }
}

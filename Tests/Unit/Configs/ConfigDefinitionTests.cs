using System.Globalization;
using Broker.Core.Configs;

namespace Tests.Unit.Configs;

public class ConfigDefinitionTests
{
    [Theory]
    [InlineData("segment.bytes", "+2000000", "2000000")]
    [InlineData("segment.bytes", "0x200000", null)]
    [InlineData("segment.bytes", "2147483648", null)]
    [InlineData("segment.bytes", "1048575", null)]
    [InlineData("retention.ms", "9223372036854775808", null)]
    [InlineData("retention.ms", "1,000", null)]
    [InlineData("min.cleanable.dirty.ratio", "5e-1", "0.5")]
    [InlineData("min.cleanable.dirty.ratio", "1", "1.0")]
    [InlineData("min.cleanable.dirty.ratio", "1.01", null)]
    [InlineData("preallocate", " True ", "true")]
    [InlineData("compression.type", " gzip ", "gzip")]
    [InlineData("compression.type", "", null)]
    [InlineData("cleanup.policy", " compact , delete ", "compact,delete")]
    [InlineData("cleanup.policy", "delete,delete", "delete")]
    [InlineData("cleanup.policy", "compact,", null)]
    [InlineData("cleanup.policy", "", "")]
    [InlineData("compression.zstd.level", "-131072", "-131072")]
    [InlineData("compression.zstd.level", "-131073", null)]
    [InlineData("compression.gzip.level", "0", null)]
    [InlineData("leader.replication.throttled.replicas", "*", "*")]
    [InlineData("leader.replication.throttled.replicas", "0:1,1:2", "0:1,1:2")]
    [InlineData("leader.replication.throttled.replicas", "0", null)]
    public void Values_are_read_as_kafka_reads_them(string name, string text, string? canonical)
    {
        var isLegal = TopicConfigs.Find(name)!.TryParse(text, out var value, out var problem);
        Assert.Equal((canonical is not null, canonical), (isLegal, isLegal ? value : null));
        Assert.Equal(isLegal, problem.Length == 0);
    }

    [Fact]
    public void A_value_has_a_longest_length()
    {
        var definition = TopicConfigs.Find("leader.replication.throttled.replicas")!;
        Assert.True(definition.TryParse(string.Join(',', Enumerable.Repeat("0:1", 8000)), out _, out _));
        Assert.False(definition.TryParse(string.Join(',', Enumerable.Repeat("0:1", 9000)), out _, out _));
    }

    [Theory]
    [InlineData(0.5, "0.5")]
    [InlineData(1, "1.0")]
    [InlineData(0, "0.0")]
    [InlineData(1e10, "1.0E10")]
    [InlineData(0.0001, "1.0E-4")]
    [InlineData(double.MaxValue, "1.7976931348623157E308")]
    [InlineData(double.NaN, "NaN")]
    public void Fractions_are_spelled_as_java_spells_them(double value, string text) => Assert.Equal(text, JavaDouble.Format(value));

    [Fact]
    public void Every_default_is_legal_and_every_synonym_exists()
    {
        foreach (var definition in TopicConfigs.All.Concat(GroupConfigs.All).Concat(ClientMetricsConfigs.All).Concat(BrokerConfigs.All))
        {
            if (definition.Default is { } text)
            {
                Assert.True(definition.TryParse(text, out var canonical, out var problem), $"{definition.Name}: {problem}");
                Assert.Equal(text, canonical);
            }

            Assert.All(definition.Synonyms, s => Assert.NotNull(BrokerConfigs.Find(s.Name)));
        }
    }

    [Fact]
    public void Properties_are_checked_at_the_start()
    {
        bool Try(string name, string value, out string problem)
            => StaticBrokerConfigs.TryCreate(1, [KeyValuePair.Create(name, value)], [], out _, out problem);

        Assert.True(Try("num.partitions", "7", out _));
        Assert.False(Try("num.partitons", "7", out var unknown));
        Assert.Contains("num.partitons", unknown, StringComparison.Ordinal);
        Assert.False(Try("num.partitions", "0", out var small));
        Assert.Contains("at least 1", small, StringComparison.Ordinal);
        Assert.False(Try("node.id", 5.ToString(CultureInfo.InvariantCulture), out var option));
        Assert.Contains("options", option, StringComparison.Ordinal);
    }
}

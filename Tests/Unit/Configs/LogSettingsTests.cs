using System.Collections.Immutable;
using Broker.Core.Configs;
using Broker.Core.Metadata;
using Protocol.Wire.Records;
using Tests.Unit.Metadata;

namespace Tests.Unit.Configs;

public class LogSettingsTests
{
    private static LogSettings Of((string Name, string Value)[] properties, params (string Name, string? Value)[] own)
    {
        var configs = Ledgers.Configs(properties);
        var ledger = Ledgers.Started(configs);
        return LogSettings.Of(ledger.Create(Ledgers.Topic("t", 1, own)).Topic!, new BrokerConfigView(configs, ledger.Image));
    }

    [Fact]
    public void Without_any_setting_they_are_kafkas_defaults() => Assert.Equal(new LogSettings(), Of([]));

    [Fact]
    public void The_brokers_are_the_topics_defaults()
    {
        var settings = Of(
        [
            ("log.segment.bytes", "2000000"), ("log.roll.hours", "3"), ("log.retention.minutes", "5"), ("log.retention.bytes", "7"), ("message.max.bytes", "9"),
            ("log.cleanup.policy", "compact"), ("compression.type", "zstd"), ("log.message.timestamp.type", "LogAppendTime"), ("producer.id.expiration.ms", "11"),
        ]);
        Assert.Equal(
            new LogSettings
            {
                SegmentBytes = 2_000_000,
                SegmentAge = TimeSpan.FromHours(3),
                RetentionAge = TimeSpan.FromMinutes(5),
                RetentionBytes = 7,
                MaxBatchBytes = 9,
                IsDeleted = false,
                IsCompacted = true,
                StoredCompression = CompressionType.Zstd,
                TimestampType = TimestampType.LogAppendTime,
                ProducerExpiration = TimeSpan.FromMilliseconds(11),
            },
            settings);
    }

    [Fact]
    public void The_topics_own_come_first()
    {
        var settings = Of([("log.retention.ms", "5"), ("log.retention.bytes", "6")], ("retention.ms", "-1"), ("retention.bytes", "-1"), ("cleanup.policy", "compact,delete"), ("compression.type", "uncompressed"));
        Assert.Equal((null, null, true, true, CompressionType.None), (settings.RetentionAge, settings.RetentionBytes, settings.IsDeleted, settings.IsCompacted, settings.StoredCompression));
    }

    [Fact]
    public void Milliseconds_beat_minutes_beat_hours_whatever_the_order()
        => Assert.Equal(TimeSpan.FromMilliseconds(5), Of([("log.retention.hours", "1"), ("log.retention.minutes", "1"), ("log.retention.ms", "5")]).RetentionAge);

    /// <summary>The list of obeyed settings is what the log really reads: each one is set to something else than its default.</summary>
    [Fact]
    public void Settings_that_change_nothing_are_not_called_obeyed()
    {
        string[] candidates = ["1", "2000000", "true", "compact", "zstd", "LogAppendTime", "0.25", "*"];
        var broker = new BrokerConfigView(StaticBrokerConfigs.Default, Ledgers.Started().Image);
        foreach (var definition in TopicConfigs.All)
        {
            var value = candidates.First(c => c != definition.Default && definition.TryParse(c, out _, out _));
            var topic = new TopicImage(Guid.Empty, "t", 1, ImmutableSortedDictionary<string, string>.Empty.Add(definition.Name, value));
            Assert.True(TopicConfigs.HasEffect(definition.Name) == (LogSettings.Of(topic, broker) != new LogSettings()), definition.Name);
        }

        Assert.False(BrokerConfigs.HasEffect("min.insync.replicas"));
        Assert.True(BrokerConfigs.HasEffect("log.retention.hours"));
    }

    [Fact]
    public void Numbers_beyond_all_time_mean_for_ever()
    {
        var settings = Of([], ("segment.ms", "9223372036854775807"), ("retention.ms", "9223372036854775807"));
        Assert.Equal((TimeSpan.MaxValue, TimeSpan.MaxValue), (settings.SegmentAge, settings.RetentionAge));
    }
}

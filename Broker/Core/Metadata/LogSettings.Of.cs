using System.Globalization;
using Broker.Core.Configs;
using Protocol.Wire.Records;

namespace Broker.Core.Metadata;

public sealed partial record LogSettings
{
    /// <summary>The settings of a topic's logs: its own, else the broker's.</summary>
    public static LogSettings Of(TopicImage topic, BrokerConfigView broker)
    {
        string Text(string name) => topic.Configs.GetValueOrDefault(name) ?? broker.DefaultOf(TopicConfigs.Find(name)!) ?? "";
        long Number(string name) => long.Parse(Text(name), CultureInfo.InvariantCulture);
        TimeSpan Span(string name) => BrokerConfigView.Milliseconds(Number(name));

        var policies = ConfigDefinition.Members(Text("cleanup.policy"));
        var retentionMs = Number("retention.ms");
        var retentionBytes = Number("retention.bytes");
        return new LogSettings
        {
            SegmentBytes = (int)Number("segment.bytes"),
            SegmentAge = Span("segment.ms"),
            SegmentIndexBytes = (int)Number("segment.index.bytes"),
            IndexIntervalBytes = (int)Number("index.interval.bytes"),
            RetentionAge = retentionMs < 0 ? null : BrokerConfigView.Milliseconds(retentionMs),
            RetentionBytes = retentionBytes < 0 ? null : retentionBytes,
            FileDeleteDelay = Span("file.delete.delay.ms"),
            MaxBatchBytes = (int)Number("max.message.bytes"),
            IsDeleted = policies.Contains("delete"),
            IsCompacted = policies.Contains("compact"),
            StoredCompression = Text("compression.type") switch
            {
                "uncompressed" => CompressionType.None,
                "gzip" => CompressionType.Gzip,
                "snappy" => CompressionType.Snappy,
                "lz4" => CompressionType.Lz4,
                "zstd" => CompressionType.Zstd,
                _ => null,
            },
            TimestampType = Text("message.timestamp.type") == "LogAppendTime" ? TimestampType.LogAppendTime : TimestampType.CreateTime,
            TimestampBeforeMax = Span("message.timestamp.before.max.ms"),
            TimestampAfterMax = Span("message.timestamp.after.max.ms"),
            ProducerExpiration = broker.Milliseconds("producer.id.expiration.ms"),
        };
    }
}

using System.Globalization;
using System.Text;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Messages;
using Protocol.Wire.Records;
using Xunit;
using AlterableConfig = Protocol.Wire.Messages.IncrementalAlterConfigsRequest.AlterConfigsResource.AlterableConfig;
using CreatableTopicConfig = Protocol.Wire.Messages.CreateTopicsRequest.CreatableTopic.CreatableTopicConfig;

namespace Tests.Registry.Harness;

/// <summary>A topic of one partition as another program sees it: made with settings of one's own, written and read record by record.</summary>
internal sealed class KafkaTopicClient(FrameClient client, string topic) : IAsyncDisposable
{
    private const int FetchBytes = 64 * 1024 * 1024;
    private const sbyte TopicResource = 2;

    /// <summary>Settings with which Kafka compacts as soon and as thoroughly as it can: deleted keys go with the records that delete them.</summary>
    public static readonly IReadOnlyDictionary<string, string> EagerCompaction = new Dictionary<string, string>
    {
        ["cleanup.policy"] = "compact",
        ["segment.ms"] = "50",
        ["min.cleanable.dirty.ratio"] = "0.0",
        ["min.compaction.lag.ms"] = "0",
        ["max.compaction.lag.ms"] = "1",
        ["delete.retention.ms"] = "0",
    };

    /// <summary>Makes the topic and waits until it has a leader.</summary>
    public static async Task<KafkaTopicClient> CreateAsync(string cluster, string topic, IReadOnlyDictionary<string, string> settings)
    {
        var at = cluster.LastIndexOf(':');
        var client = await FrameClient.ConnectAsync(cluster[..at], int.Parse(cluster.AsSpan(at + 1), CultureInfo.InvariantCulture), "registry-tests");
        var made = new KafkaTopicClient(client, topic);
        var request = new CreateTopicsRequest
        {
            TimeoutMs = 30_000,
            Topics =
            [
                new()
                {
                    Name = topic,
                    NumPartitions = 1,
                    ReplicationFactor = 1,
                    Configs = [.. settings.Select(each => new CreatableTopicConfig { Name = each.Key, Value = each.Value })],
                },
            ],
        };
        using var reply = await client.CallAsync<CreateTopicsRequest, CreateTopicsResponse>(request, 7);
        Assert.Equal((ErrorCode.None, null), ((ErrorCode)reply.Message.Topics[0].ErrorCode, reply.Message.Topics[0].ErrorMessage));
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await made.HasLeaderAsync())
        {
            late.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }

        return made;
    }

    /// <summary>Changes settings of the topic.</summary>
    public async Task SetAsync(IReadOnlyDictionary<string, string> settings)
    {
        var request = new IncrementalAlterConfigsRequest
        {
            Resources =
            [
                new()
                {
                    ResourceType = TopicResource,
                    ResourceName = topic,
                    Configs = [.. settings.Select(each => new AlterableConfig { Name = each.Key, Value = each.Value })],
                },
            ],
        };
        using var reply = await client.CallAsync<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(request, 1);
        Assert.Equal((ErrorCode.None, null), ((ErrorCode)reply.Message.Responses[0].ErrorCode, reply.Message.Responses[0].ErrorMessage));
    }

    /// <summary>Appends records as Confluent's registry does, without saying which offset they are meant for. A null value deletes.</summary>
    public async Task<long> AppendAsync(params (string Key, string? Value)[] records)
    {
        var builder = new RecordBatchBuilder();
        foreach (var (key, value) in records)
        {
            var content = value is null ? default : new NullableBytes(Encoding.UTF8.GetBytes(value));
            builder.Append(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(), Encoding.UTF8.GetBytes(key), content);
        }

        var request = new ProduceRequest
        {
            Acks = -1,
            TimeoutMs = 30_000,
            TopicData = [new() { Name = topic, PartitionData = [new() { Index = 0, Records = new WireRecords(builder.Build()) }] }],
        };
        using var reply = await client.CallAsync<ProduceRequest, ProduceResponse>(request, 9);
        var result = reply.Message.Responses[0].PartitionResponses[0];
        Assert.Equal(ErrorCode.None, (ErrorCode)result.ErrorCode);
        return result.BaseOffset;
    }

    /// <summary>All records that the topic still holds.</summary>
    public async Task<List<(long Offset, string Key, string? Value)>> ReadAsync()
    {
        var records = new List<(long, string, string?)>();
        for (var next = 0L; ;)
        {
            var request = new FetchRequest
            {
                MaxWaitMs = 0,
                MinBytes = 0,
                MaxBytes = FetchBytes,
                Topics = [new() { Topic = topic, Partitions = [new() { Partition = 0, FetchOffset = next, PartitionMaxBytes = FetchBytes }] }],
            };
            using var reply = await client.CallAsync<FetchRequest, FetchResponse>(request, 12);
            var partition = reply.Message.Responses[0].Partitions[0];
            Assert.Equal(ErrorCode.None, (ErrorCode)partition.ErrorCode);
            if (partition.Records.LengthBytes == 0)
            {
                return records;
            }

            next = Read(partition.Records.Memory.Span, next, records);
        }
    }

    /// <summary>
    /// Waits until compaction has done all it can below an offset: one record a key, and none that deletes. Meanwhile writes NOOP records, as
    /// Confluent's registry does, because only what is behind the newest segment is compacted.
    /// </summary>
    public async Task<List<(long Offset, string Key, string? Value)>> CompactedBelowAsync(long end)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(60));
        while (true)
        {
            await AppendAsync(("""{"keytype":"NOOP","magic":0}""", null));
            var records = await ReadAsync();
            var old = records.Where(record => record.Offset < end).ToList();
            var last = records.GroupBy(record => record.Key).ToDictionary(group => group.Key, group => group.Max(record => record.Offset));
            if (old.TrueForAll(record => record.Value is not null && last[record.Key] == record.Offset))
            {
                return old;
            }

            await poll.WaitForNextTickAsync(late.Token);
        }
    }

    public ValueTask DisposeAsync() => client.DisposeAsync();

    private static long Read(ReadOnlySpan<byte> bytes, long from, List<(long, string, string?)> records)
    {
        var next = from;
        var batches = new RecordBatchReader(bytes);
        while (batches.MoveNext())
        {
            next = Math.Max(next, batches.Header.NextOffset);
            using var reader = new RecordReader(batches.Current);
            while (reader.MoveNext())
            {
                if (reader.Offset >= from)
                {
                    var value = reader.Value.IsNull ? null : Encoding.UTF8.GetString(reader.Value.Span);
                    records.Add((reader.Offset, Encoding.UTF8.GetString(reader.Key.Span), value));
                }
            }
        }

        return next;
    }

    /// <summary>Metadata names a leader before it knows that it is one, so it is asked for what only a leader answers.</summary>
    private async Task<bool> HasLeaderAsync()
    {
        var request = new ListOffsetsRequest { ReplicaId = -1, Topics = [new() { Name = topic, Partitions = [new() { PartitionIndex = 0, Timestamp = -1 }] }] };
        using var reply = await client.CallAsync<ListOffsetsRequest, ListOffsetsResponse>(request, 7);
        return reply.Message.Topics[0].Partitions[0].ErrorCode == 0;
    }
}

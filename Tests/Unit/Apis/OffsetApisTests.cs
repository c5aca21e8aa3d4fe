using Broker.Core.Metadata;
using Broker.Node;
using Broker.Node.Partitions;
using Protocol.Wire;
using Protocol.Wire.Messages;
using Protocol.Wire.Records;
using Tests.Unit.Partitions;

namespace Tests.Unit.Apis;

/// <summary>ListOffsets, OffsetForLeaderEpoch, DeleteRecords and MirrorAppend.</summary>
public class OffsetApisTests
{
    [Fact]
    public async Task Special_timestamps_came_with_versions()
    {
        await using var node = new DataNode();
        var topic = await LogAsync(node);
        foreach (var (timestamp, since, expected) in ((long, int, (long, long, int))[])
        [
            (-1, 1, (8, -1, 0)), (-2, 1, (0, -1, 0)), (-3, 7, (3, 5000, 0)), (-4, 8, (0, -1, 0)), (-5, 9, (-1, -1, -1)), (-6, 11, (-1, -1, -1)),
            (-7, 99, default), (-100, 99, default),
        ])
        {
            for (short version = 1; version <= 11; version++)
            {
                var answer = Assert.Single(Assert.Single((await List(node, version, ("l", 0, timestamp, -1))).Topics).Partitions);
                Assert.Equal(version >= since ? ErrorCode.None : ErrorCode.UnsupportedVersion, (ErrorCode)answer.ErrorCode);
                var (offset, time, epoch) = version >= since ? expected : (-1, -1, -1);
                Assert.Equal((offset, time, version >= 4 ? epoch : -1), (answer.Offset, answer.Timestamp, answer.LeaderEpoch));
            }
        }

        Assert.Equal(8, topic.Find(0)!.HighWatermark);
    }

    [Theory]
    [InlineData(0, 0, 1000)]
    [InlineData(999, 0, 1000)]
    [InlineData(1001, 1, 1100)]
    [InlineData(1200, 2, 1200)]
    [InlineData(1201, 3, 5000)]
    [InlineData(5000, 3, 5000)]
    [InlineData(5001, -1, -1)]
    [InlineData(long.MaxValue, -1, -1)]
    public async Task A_timestamp_finds_the_first_record_at_or_after_it(long timestamp, long offset, long time)
    {
        await using var node = new DataNode();
        await LogAsync(node);
        var answer = (await List(node, 11, ("l", 0, timestamp, -1))).Topics[0].Partitions[0];
        Assert.Equal((ErrorCode.None, offset, time, offset < 0 ? -1 : 0), ((ErrorCode)answer.ErrorCode, answer.Offset, answer.Timestamp, answer.LeaderEpoch));
    }

    [Fact]
    public async Task An_empty_log_has_an_end_and_no_records()
    {
        await using var node = new DataNode();
        node.Topic("l");
        foreach (var (timestamp, expected) in ((long, (long, long, int))[])[(-1, (0, -1, 0)), (-2, (0, -1, 0)), (-3, (-1, -1, -1)), (-4, (0, -1, 0)), (0, (-1, -1, -1))])
        {
            var answer = (await List(node, 11, ("l", 0, timestamp, -1))).Topics[0].Partitions[0];
            Assert.Equal(expected, (answer.Offset, answer.Timestamp, answer.LeaderEpoch));
        }
    }

    /// <summary>Offset 0 would send a consumer back to the beginning, an epoch that is unknown tell it that its records are gone.</summary>
    [Fact]
    public async Task Of_a_log_that_cannot_be_opened_nothing_is_known()
    {
        var world = new PartitionWorld();
        await world.AppendAsync(PartitionWorld.Batch(3));
        var disk = world.Disk.Kill();
        disk.OnOpen = _ => throw new IOException("EIO");
        await using var again = new PartitionWorld(disk);
        await using var node = new DataNode(partitions: again.Table);
        foreach (var timestamp in (long[])[-1, -2, -3, -4, 0, 1000])
        {
            var answer = (await List(node, 11, ("t", 0, timestamp, -1))).Topics[0].Partitions[0];
            Assert.Equal((ErrorCode.KafkaStorageError, -1L), ((ErrorCode)answer.ErrorCode, answer.Offset));
        }

        var asked = new OffsetForLeaderEpochRequest.OffsetForLeaderTopic.OffsetForLeaderPartition { Partition = 0, CurrentLeaderEpoch = -1, LeaderEpoch = 0 };
        var end = (await node.AskAsync<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>(new() { Topics = [new() { Topic = "t", Partitions = [asked] }] }))
            .Topics[0].Partitions[0];
        Assert.Equal((ErrorCode.KafkaStorageError, -1L), ((ErrorCode)end.ErrorCode, end.EndOffset));
    }

    [Fact]
    public async Task Offset_requests_are_refused_as_in_Kafka()
    {
        await using var node = new DataNode();
        await LogAsync(node);
        Assert.Equal(ErrorCode.InvalidRequest, await Error(("l", 0, -1, -1), ("l", 0, -2, -1)));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await Error(("l", -1, -1, -1)));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await Error(("l", 9, -1, -1)));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await Error(("", 0, -1, -1)));
        Assert.Equal(ErrorCode.None, await Error(("l", 0, -1, 0)));
        Assert.Equal(ErrorCode.UnknownLeaderEpoch, await Error(("l", 0, -1, 1)));
        Assert.Equal(ErrorCode.FencedLeaderEpoch, await Error(("l", 0, -1, -2)));
        Assert.Empty((await List(node, 11)).Topics);

        var request = new ListOffsetsRequest { IsolationLevel = 7, Topics = [new() { Name = "l", Partitions = [new() { Timestamp = -1 }] }] };
        var answer = await node.AskAsync<ListOffsetsRequest, ListOffsetsResponse>(request);
        Assert.Equal(ErrorCode.UnknownServerError, (ErrorCode)answer.Topics[0].Partitions[0].ErrorCode);

        async Task<ErrorCode> Error(params (string, int, long, int)[] asked) =>
            (ErrorCode)Assert.Single(Assert.Single((await List(node, 11, asked)).Topics).Partitions).ErrorCode;
    }

    [Fact]
    public async Task Epochs_end_where_the_next_begins()
    {
        await using var node = new DataNode();
        var topic = await LogAsync(node);
        Assert.Equal((ErrorCode.None, 0, 8), await Ask("l", 0));
        Assert.Equal((ErrorCode.None, -1, -1), await Ask("l", 1));
        Assert.Equal((ErrorCode.None, -1, -1), await Ask("l", -1));
        Assert.Equal((ErrorCode.None, -2, 0), await Ask("l", -2));
        Assert.Equal((ErrorCode.UnknownLeaderEpoch, -1, -1), await Ask("l", 0, current: 1));
        Assert.Equal((ErrorCode.FencedLeaderEpoch, -1, -1), await Ask("l", 0, current: -2));
        Assert.Equal((ErrorCode.UnknownTopicOrPartition, -1, -1), await Ask("l", 0, partition: 7));
        Assert.Equal((ErrorCode.UnknownTopicOrPartition, -1, -1), await Ask("nope", 0));
        node.Topic("empty");
        Assert.Equal((ErrorCode.None, 0, 0), await Ask("empty", 0));

        node.Partitions.Put(topic.Image, topic.Settings, 3);
        await node.ProduceAsync(topic, 0, DataNode.Batch(2));
        Assert.Equal((ErrorCode.None, 0, 8), await Ask("l", 0));
        Assert.Equal((ErrorCode.None, 0, 8), await Ask("l", 2));
        Assert.Equal((ErrorCode.None, 3, 10), await Ask("l", 3));

        async Task<(ErrorCode Error, int Epoch, long End)> Ask(string name, int epoch, int current = -1, int partition = 0)
        {
            var asked = new OffsetForLeaderEpochRequest.OffsetForLeaderTopic.OffsetForLeaderPartition { Partition = partition, CurrentLeaderEpoch = current, LeaderEpoch = epoch };
            var request = new OffsetForLeaderEpochRequest { Topics = [new() { Topic = name, Partitions = [asked] }] };
            var answer = Assert.Single(Assert.Single((await node.AskAsync<OffsetForLeaderEpochRequest, OffsetForLeaderEpochResponse>(request)).Topics).Partitions);
            return ((ErrorCode)answer.ErrorCode, answer.LeaderEpoch, answer.EndOffset);
        }
    }

    [Fact]
    public async Task Deleting_records_raises_the_log_start_and_never_lowers_it()
    {
        await using var node = new DataNode();
        var topic = await LogAsync(node);
        node.Topic("compacted", settings: new LogSettings { IsCompacted = true, IsDeleted = false });
        node.Topic("copy", mirror: new MirrorOrigin("eu", 1));
        Assert.Equal((ErrorCode.None, 1), await Delete("l", 1));
        Assert.Equal((ErrorCode.None, 1), await Delete("l", 1));
        Assert.Equal((ErrorCode.None, 1), await Delete("l", 0));
        Assert.Equal((ErrorCode.OffsetOutOfRange, -1), await Delete("l", 1000));
        Assert.Equal((ErrorCode.OffsetOutOfRange, -1), await Delete("l", -2));
        Assert.Equal((ErrorCode.None, 2), await Delete("l", 1, 2));
        Assert.Equal((ErrorCode.UnknownTopicOrPartition, -1), await Delete("nope", 0));
        Assert.Equal((ErrorCode.InvalidTopicException, -1), await Delete(TopicNames.ConsumerOffsets, 0));
        Assert.Equal((ErrorCode.PolicyViolation, -1), await Delete("compacted", 0));
        Assert.Equal((ErrorCode.PolicyViolation, -1), await Delete("copy", 0));

        Assert.Equal((1200, 2), await At(500));
        Assert.Equal((5000, 3), await At(-3));
        Assert.Equal((ErrorCode.None, 8), await Delete("l", -1));
        Assert.Equal((-1, 8), await At(-2));
        Assert.Equal((-1, -1), await At(1000));
        Assert.Equal((5000, 3), await At(-3));
        Assert.Equal(8, topic.Find(0)!.LogStartOffset);

        // What one connection appends behind its deletion of everything stays, though the disk is still being waited for.
        await node.ProduceAsync(topic, 0, DataNode.Batch(2));
        var deleting = Delete("l", -1);
        await node.ProduceAsync(topic, 0, DataNode.Batch(1));
        Assert.Equal((ErrorCode.None, 10), await deleting);

        async Task<(ErrorCode Error, long Low)> Delete(string name, params long[] offsets)
        {
            var asked = offsets.Select(o => new DeleteRecordsRequest.DeleteRecordsTopic.DeleteRecordsPartition { Offset = o });
            var request = new DeleteRecordsRequest { Topics = [new() { Name = name, Partitions = [.. asked] }] };
            var answer = Assert.Single(Assert.Single((await node.AskAsync<DeleteRecordsRequest, DeleteRecordsResponse>(request)).Topics).Partitions);
            return ((ErrorCode)answer.ErrorCode, answer.LowWatermark);
        }

        async Task<(long Time, long Offset)> At(long timestamp)
        {
            var answer = (await List(node, 11, ("l", 0, timestamp, -1))).Topics[0].Partitions[0];
            return (answer.Timestamp, answer.Offset);
        }
    }

    [Theory]
    [InlineData(FlushMode.Os)]
    [InlineData(FlushMode.Batch)]
    public async Task A_link_appends_at_the_sources_offsets(FlushMode flush)
    {
        await using var node = new DataNode(flush);
        var source = node.Topic("source", 2);
        await node.ProduceAsync(source, 0, DataNode.Batch(3));
        await node.ProduceAsync(source, 0, DataNode.Batch(2));
        await node.ProduceAsync(source, 1, DataNode.Batch(1));
        var read = (await node.AskAsync(DataNode.Fetch(source, (0, 0), (1, 0)))).Responses[0].Partitions;
        byte[] first = read[0].Records.Memory.ToArray(), second = read[1].Records.Memory.ToArray();
        var copy = node.Topic("copy", 2, mirror: new MirrorOrigin("eu", 5));

        Assert.Equal([(0, ErrorCode.None, 5), (1, ErrorCode.None, 1)], await Append(copy.Id, 5, (0, first), (1, second)));
        Assert.Equal([(0, ErrorCode.None, 5)], await Append(copy.Id, 5, (0, first)));
        Assert.Equal(first, await ReadAllAsync());
        Assert.Equal([(0, ErrorCode.FencedLeaderEpoch, 5)], await Append(copy.Id, 4, (0, first)));
        Assert.Equal([(9, ErrorCode.UnknownTopicOrPartition, -1)], await Append(copy.Id, 5, (9, first)));
        Assert.Equal([(0, ErrorCode.UnknownTopicId, -1)], await Append(Guid.NewGuid(), 5, (0, first)));
        Assert.Equal([(0, ErrorCode.InvalidTopicException, 5)], await Append(source.Id, 5, (0, first)));
        Assert.Equal(5, copy.Find(0)!.HighWatermark);

        // A fetch ends where a segment ends, so it may take more than one.
        async Task<byte[]> ReadAllAsync()
        {
            var all = new List<byte>();
            for (var offset = 0L; offset < copy.Find(0)!.HighWatermark;)
            {
                var records = (await node.AskAsync(DataNode.Fetch(copy, (0, offset)))).Responses[0].Partitions[0].Records.Memory;
                all.AddRange(records.Span);
                var walk = new RecordBatchReader(records.Span);
                while (walk.MoveNext())
                {
                    offset = walk.Header.NextOffset;
                }
            }

            return [.. all];
        }

        async Task<List<(int Index, ErrorCode Error, long End)>> Append(Guid topic, long fencing, params (int Index, byte[] Records)[] partitions)
        {
            var request = new MirrorAppendRequest
            {
                TopicId = topic,
                FencingEpoch = fencing,
                Partitions = [.. partitions.Select(p => new MirrorAppendRequest.PartitionBatches { Index = p.Index, Records = new(p.Records) })],
            };
            var answer = await node.AskAsync<MirrorAppendRequest, MirrorAppendResponse>(request);
            return [.. answer.Partitions.Select(p => (p.Index, (ErrorCode)p.ErrorCode, p.LogEndOffset))];
        }
    }

    /// <summary>Times 1000, 1100, 1200 | 5000, 4900, 4800 compressed | 2000, 2000.</summary>
    private static async Task<Topic> LogAsync(DataNode node)
    {
        var topic = node.Topic("l", settings: new LogSettings { RetentionAge = null });
        await node.ProduceAsync(topic, 0, Batch(CompressionType.None, 1000, 1100, 1200));
        await node.ProduceAsync(topic, 0, Batch(CompressionType.Gzip, 5000, 4900, 4800));
        await node.ProduceAsync(topic, 0, Batch(CompressionType.None, 2000, 2000));
        return topic;
    }

    private static byte[] Batch(CompressionType compression, params long[] times)
    {
        var builder = new RecordBatchBuilder(compression);
        foreach (var time in times)
        {
            builder.Append(time, "k"u8, "v"u8);
        }

        return builder.Build();
    }

    private static Task<ListOffsetsResponse> List(DataNode node, short version, params (string Topic, int Partition, long Timestamp, int Epoch)[] asked) =>
        node.AskAsync<ListOffsetsRequest, ListOffsetsResponse>(
            new ListOffsetsRequest
            {
                ReplicaId = -1,
                Topics = [.. asked.GroupBy(a => a.Topic).Select(g => new ListOffsetsRequest.ListOffsetsTopic
                {
                    Name = g.Key,
                    Partitions = [.. g.Select(a => new ListOffsetsRequest.ListOffsetsTopic.ListOffsetsPartition { PartitionIndex = a.Partition, Timestamp = a.Timestamp, CurrentLeaderEpoch = a.Epoch })],
                })],
            },
            version);
}

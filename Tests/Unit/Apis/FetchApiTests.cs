using Broker.Core.Metadata;
using Protocol.Wire;
using Protocol.Wire.Messages;
using Protocol.Wire.Records;
using AnsweredPartition = Protocol.Wire.Messages.FetchResponse.FetchableTopicResponse.PartitionData;

namespace Tests.Unit.Apis;

/// <summary>Fetch as Apache Kafka 4.3.1 was seen to answer it, without sessions.</summary>
public class FetchApiTests
{
    [Fact]
    public async Task Every_version_reads_whole_batches_also_from_the_middle()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t");
        await node.ProduceAsync(topic, 0, DataNode.Batch(3));
        await node.ProduceAsync(topic, 0, DataNode.Batch(2));
        for (short version = 4; version <= 18; version++)
        {
            foreach (sbyte isolation in (sbyte[])[0, 1])
            {
                foreach (var (offset, bases) in ((long, long[])[])[(0, [0, 3]), (2, [0, 3]), (3, [3]), (4, [3]), (5, [])])
                {
                    var request = DataNode.Fetch(topic, (0, offset));
                    request.IsolationLevel = isolation;
                    var answer = await node.AskAsync(request, version);
                    Assert.Equal(version >= 13 ? topic.Id : Guid.Empty, answer.Responses[0].TopicId);
                    Assert.Equal(version >= 13 ? "" : "t", answer.Responses[0].Topic);
                    var partition = Single(answer);
                    Assert.Equal(bases, BaseOffsets(partition));
                    Assert.Equal((ErrorCode.None, 5, 5), ((ErrorCode)partition.ErrorCode, partition.HighWatermark, partition.LastStableOffset));
                    Assert.Equal(version >= 5 ? 0 : -1, partition.LogStartOffset);
                    Assert.Equal(isolation == 1, partition.AbortedTransactions is not null);
                    Assert.Equal(-1, partition.PreferredReadReplica);
                }
            }
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(-2)]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(long.MaxValue)]
    public async Task Offsets_outside_the_log_are_out_of_range(long offset)
    {
        await using var node = new DataNode();
        AssertRefused(Single(await node.AskAsync(DataNode.Fetch(node.Topic("t"), (0, offset)))), ErrorCode.OffsetOutOfRange);
    }

    [Fact]
    public async Task Deleted_records_are_out_of_range()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t");
        await node.ProduceAsync(topic, 0, DataNode.Batch(9));
        topic.Find(0)!.DeleteRecordsBefore(4);
        AssertRefused(Single(await node.AskAsync(DataNode.Fetch(topic, (0, 3)))), ErrorCode.OffsetOutOfRange);
        var answer = Single(await node.AskAsync(DataNode.Fetch(topic, (0, 4))));
        Assert.Equal((4, 9), (answer.LogStartOffset, answer.HighWatermark));
        Assert.Equal([0], BaseOffsets(answer));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    public async Task Limits_never_hold_back_the_first_batch_and_give_later_partitions_what_fits(int limit)
    {
        await using var node = new DataNode();
        var topic = node.Topic("t", 3);
        foreach (var partition in (int[])[0, 1, 2])
        {
            await node.ProduceAsync(topic, partition, DataNode.Batch(1, 200));
            await node.ProduceAsync(topic, partition, DataNode.Batch(1, 200));
        }

        var request = DataNode.Fetch(topic, (2, 0), (1, 0), (0, 0));
        request.MaxBytes = limit;
        var answer = (await node.AskAsync(request)).Responses[0].Partitions;
        Assert.Equal([2, 1, 0], answer.Select(p => p.PartitionIndex));
        Assert.Equal([0], BaseOffsets(answer[0]));
        Assert.All(answer[1..], p => Assert.Equal((2, 0), (p.HighWatermark, p.Records.LengthBytes)));

        request = DataNode.Fetch(topic, (0, 0));
        request.Topics[0].Partitions[0].PartitionMaxBytes = limit;
        Assert.Equal([0], BaseOffsets(Single(await node.AskAsync(request))));
    }

    [Fact]
    public async Task Negative_limits_are_refused_where_there_would_be_data()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t", 2);
        await node.ProduceAsync(topic, 0, DataNode.Batch());
        await node.ProduceAsync(topic, 1, DataNode.Batch());
        var request = DataNode.Fetch(topic, (0, 0), (1, 0));
        request.MaxBytes = -1;
        var answer = (await node.AskAsync(request)).Responses[0].Partitions;
        AssertRefused(answer[0], ErrorCode.UnknownServerError);
        Assert.Equal([0], BaseOffsets(answer[1]));
        request = DataNode.Fetch(topic, (0, 1));
        request.Topics[0].Partitions[0].PartitionMaxBytes = -1;
        Assert.Equal(ErrorCode.None, (ErrorCode)Single(await node.AskAsync(request)).ErrorCode);
    }

    [Fact]
    public async Task What_is_unknown_is_named_by_the_way_it_was_asked_for()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t");
        foreach (short version in (short[])[4, 12, 13, 18])
        {
            foreach (var index in (int[])[-1, 1, 99])
            {
                AssertRefused(Single(await node.AskAsync(DataNode.Fetch(topic, (index, 0)), version)), ErrorCode.UnknownTopicOrPartition, listsAborted: true);
            }

            var error = version >= 13 ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition;
            foreach (var (name, id) in ((string, Guid)[])[("nope", Guid.NewGuid()), ("", Guid.Empty), ("a b", Guid.Empty)])
            {
                var request = DataNode.Fetch(topic, (0, 0));
                (request.Topics[0].Topic, request.Topics[0].TopicId) = (name, id);
                AssertRefused(Single(await node.AskAsync(request, version)), error, listsAborted: true);
            }
        }
    }

    [Fact]
    public async Task What_was_read_is_listed_before_what_is_unknown()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t", 2);
        var request = DataNode.Fetch(topic, (8, 0), (0, 0));
        request.Topics.Add(new() { Topic = "nope", TopicId = Guid.NewGuid(), Partitions = [new() { Partition = 4 }] });
        request.Topics.AddRange(DataNode.Fetch(topic, (1, 0)).Topics);
        Assert.Equal([0, 1, 4, 8], (await node.AskAsync(request)).Responses.SelectMany(t => t.Partitions).Select(p => p.PartitionIndex));
        Assert.Equal([0, 1, 8, 4], (await node.AskAsync(request, 12)).Responses.SelectMany(t => t.Partitions).Select(p => p.PartitionIndex));
    }

    [Fact]
    public async Task Of_a_partition_named_twice_the_later_entry_is_answered()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t");
        await node.ProduceAsync(topic, 0, DataNode.Batch());
        await node.ProduceAsync(topic, 0, DataNode.Batch());
        Assert.Equal([1], BaseOffsets(Single(await node.AskAsync(DataNode.Fetch(topic, (0, 0), (0, 1))))));
    }

    [Fact]
    public async Task Leader_epochs_are_compared_and_negative_ones_are_not()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t", leaderEpoch: 2);
        await node.ProduceAsync(topic, 0, DataNode.Batch());
        foreach (var (epoch, error) in ((int, ErrorCode)[])
            [(-2, ErrorCode.None), (-1, ErrorCode.None), (2, ErrorCode.None), (3, ErrorCode.UnknownLeaderEpoch), (1, ErrorCode.FencedLeaderEpoch)])
        {
            foreach (short version in (short[])[9, 15, 18])
            {
                var request = DataNode.Fetch(topic, (0, 0));
                request.Topics[0].Partitions[0].CurrentLeaderEpoch = epoch;
                var answer = await node.AskAsync(request, version);
                Assert.Equal(error, (ErrorCode)Single(answer).ErrorCode);
                AssertNamesLeader(answer, error == ErrorCode.FencedLeaderEpoch && version >= 16, 2);
            }
        }
    }

    [Fact]
    public async Task A_replica_is_no_follower_here()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t");
        await node.ProduceAsync(topic, 0, DataNode.Batch());
        foreach (short version in (short[])[4, 14, 15, 16, 18])
        {
            foreach (var replica in (int[])[0, 4242, -2])
            {
                var request = DataNode.Fetch(topic, (0, 0));
                request.ReplicaId = replica;
                request.ReplicaState.ReplicaId = replica;
                var answer = await node.AskAsync(request, version);
                Assert.Equal(replica < 0 ? ErrorCode.None : ErrorCode.NotLeaderOrFollower, (ErrorCode)Single(answer).ErrorCode);
                AssertNamesLeader(answer, replica >= 0 && version >= 16, 0);
            }
        }
    }

    [Fact]
    public async Task A_last_fetched_epoch_that_nobody_knows_is_out_of_range()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t");
        await node.ProduceAsync(topic, 0, DataNode.Batch());
        foreach (var (epoch, error) in ((int, ErrorCode)[])
            [(-2, ErrorCode.None), (-1, ErrorCode.None), (0, ErrorCode.None), (1, ErrorCode.OffsetOutOfRange), (77, ErrorCode.OffsetOutOfRange)])
        {
            var request = DataNode.Fetch(topic, (0, 0));
            request.Topics[0].Partitions[0].LastFetchedEpoch = epoch;
            Assert.Equal(error, (ErrorCode)Single(await node.AskAsync(request)).ErrorCode);
        }
    }

    [Fact]
    public async Task A_log_that_went_another_way_is_told_where_it_parted()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t", leaderEpoch: 0);
        await node.ProduceAsync(topic, 0, DataNode.Batch(2));
        node.Partitions.Put(topic.Image, topic.Settings, 4);
        await node.ProduceAsync(topic, 0, DataNode.Batch(3));
        var request = DataNode.Fetch(topic, (0, 4));
        request.MaxWaitMs = 60_000;
        request.Topics[0].Partitions[0].LastFetchedEpoch = 0;
        var answer = Single(await node.AskAsync(request));
        Assert.Equal((ErrorCode.None, 0, 2, 0), ((ErrorCode)answer.ErrorCode, answer.DivergingEpoch.Epoch, answer.DivergingEpoch.EndOffset, answer.Records.LengthBytes));
        request.Topics[0].Partitions[0].FetchOffset = 2;
        answer = Single(await node.AskAsync(request));
        Assert.Equal(-1, answer.DivergingEpoch.Epoch);
        Assert.Equal([2], BaseOffsets(answer));
    }

    [Fact]
    public async Task An_unknown_isolation_level_fails_the_request()
    {
        await using var node = new DataNode();
        var request = DataNode.Fetch(node.Topic("t"), (0, 0));
        request.IsolationLevel = 2;
        AssertRefused(Single(await node.AskAsync(request, 4)), ErrorCode.UnknownServerError, listsAborted: true);
        var answer = await node.AskAsync(request, 12);
        Assert.Equal(ErrorCode.UnknownServerError, (ErrorCode)answer.ErrorCode);
        AssertRefused(Single(answer), ErrorCode.UnknownServerError, listsAborted: true);
        answer = await node.AskAsync(request, 18);
        Assert.Equal((ErrorCode.UnknownServerError, 0), ((ErrorCode)answer.ErrorCode, answer.Responses.Count));
    }

    [Fact]
    public async Task A_zstd_topic_is_not_for_old_readers()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t", settings: new LogSettings { StoredCompression = CompressionType.Zstd });
        AssertRefused(Single(await node.AskAsync(DataNode.Fetch(topic, (0, 0)), 9)), ErrorCode.UnsupportedCompressionType, listsAborted: true);
        Assert.Equal(ErrorCode.None, (ErrorCode)Single(await node.AskAsync(DataNode.Fetch(topic, (0, 0)), 10)).ErrorCode);
    }

    internal static FetchRequest Waiting(FetchRequest request, int minBytes, int maxWaitMs = 120_000)
    {
        request.MinBytes = minBytes;
        request.MaxWaitMs = maxWaitMs;
        return request;
    }

    internal static List<long> BaseOffsets(AnsweredPartition partition)
    {
        var offsets = new List<long>();
        Assert.False(partition.Records.IsNull);
        var reader = new RecordBatchReader(partition.Records.Memory.Span);
        while (reader.MoveNext())
        {
            Assert.True(RecordBatch.HasValidCrc(reader.Current));
            offsets.Add(reader.Header.BaseOffset);
        }

        Assert.Equal(partition.Records.LengthBytes, reader.NextPositionBytes);
        return offsets;
    }

    internal static AnsweredPartition Single(FetchResponse response) => Assert.Single(Assert.Single(response.Responses).Partitions);

    internal static void AssertRefused(AnsweredPartition answer, ErrorCode error, bool listsAborted = false)
    {
        Assert.Equal((error, -1, -1, -1), ((ErrorCode)answer.ErrorCode, answer.HighWatermark, answer.LastStableOffset, answer.LogStartOffset));
        Assert.Equal((false, 0), (answer.Records.IsNull, answer.Records.LengthBytes));
        Assert.Equal(listsAborted, answer.AbortedTransactions is not null);
    }

    private static void AssertNamesLeader(FetchResponse answer, bool named, int epoch)
    {
        Assert.Equal(named ? (DataNode.NodeId, epoch) : (-1, -1), (Single(answer).CurrentLeader.LeaderId, Single(answer).CurrentLeader.LeaderEpoch));
        Assert.Empty(answer.NodeEndpoints);
    }
}

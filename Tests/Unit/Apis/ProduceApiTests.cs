using Broker.Core.Metadata;
using Broker.Node;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Messages;
using Protocol.Wire.Records;
using AnsweredPartition = Protocol.Wire.Messages.ProduceResponse.TopicProduceResponse.PartitionProduceResponse;

namespace Tests.Unit.Apis;

/// <summary>Produce as Apache Kafka 4.3.1 was seen to answer it.</summary>
public class ProduceApiTests
{
    [Theory]
    [InlineData(FlushMode.Os)]
    [InlineData(FlushMode.Batch)]
    public async Task Every_version_stores_and_answers(FlushMode flush)
    {
        await using var node = new DataNode(flush);
        var topic = node.Topic("t", 2);
        for (short version = 3; version <= 13; version++)
        {
            foreach (short acks in (short[])[1, -1])
            {
                var first = topic.Find(0)!.LogEndOffset;
                var answer = await node.AskAsync(DataNode.Produce(topic, acks, (0, DataNode.Batch(3)), (1, DataNode.Batch())), version);
                Assert.Equal(version >= 13 ? topic.Id : Guid.Empty, answer.Responses[0].TopicId);
                var partitions = answer.Responses[0].PartitionResponses;
                Assert.Equal([0, 1], partitions.Select(p => p.Index));
                Assert.All(partitions, p => Assert.Equal((ErrorCode.None, -1), ((ErrorCode)p.ErrorCode, p.LogAppendTimeMs)));
                Assert.Equal(first, partitions[0].BaseOffset);
                Assert.Equal(version >= 5 ? 0 : -1, partitions[0].LogStartOffset);
                Assert.Equal(first + 3, topic.Find(0)!.LogEndOffset);
                if (acks == -1)
                {
                    Assert.Equal(first + 3, topic.Find(0)!.HighWatermark);
                }
            }
        }
    }

    [Fact]
    public async Task Versions_below_3_close()
    {
        await using var node = new DataNode();
        var answer = await node.Start(DataNode.Produce(node.Topic("t"), 1, (0, DataNode.Batch())), 2);
        Assert.Equal(Answer.Close, answer);
    }

    [Fact]
    public async Task Without_acks_nothing_is_answered_and_an_error_closes()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t");
        Assert.Equal(Answer.None, await node.Start(DataNode.Produce(topic, 0, (0, DataNode.Batch())), 13));
        Assert.Equal(1, topic.Find(0)!.LogEndOffset);
        Assert.Equal(Answer.Close, await node.Start(DataNode.Produce(topic, 0, (9, DataNode.Batch())), 13));
        var broken = DataNode.Batch();
        broken[17] ^= 1;
        Assert.Equal(Answer.Close, await node.Start(DataNode.Produce(topic, 0, (0, broken)), 13));
        Assert.Equal(1, topic.Find(0)!.LogEndOffset);
    }

    [Fact]
    public async Task Null_records_are_not_answered()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t", 2);
        Assert.Equal(Answer.None, await node.Start(DataNode.Produce(topic, 1, (0, DataNode.Batch()), (1, null)), 13));
        Assert.Equal(Answer.None, await node.Start(DataNode.Produce(topic, -1, (0, null)), 3));
        Assert.Equal(0, topic.Find(0)!.LogEndOffset);
    }

    [Fact]
    public async Task Of_a_partition_named_twice_the_later_batch_is_stored()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t");
        var answer = await node.AskAsync(DataNode.Produce(topic, 1, (0, DataNode.Batch(1)), (0, DataNode.Batch(2))));
        Assert.Equal(0, Assert.Single(answer.Responses[0].PartitionResponses).BaseOffset);
        Assert.Equal(2, topic.Find(0)!.LogEndOffset);
    }

    [Fact]
    public async Task Nothing_asked_is_an_empty_answer()
    {
        await using var node = new DataNode();
        Assert.Empty((await node.AskAsync(DataNode.Produce(node.Topic("t"), 1))).Responses);
        Assert.Empty((await node.AskAsync(new ProduceRequest { Acks = -1 })).Responses);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-2)]
    [InlineData(32767)]
    public async Task Bad_acks_are_refused_for_partitions_that_exist(short acks)
    {
        await using var node = new DataNode();
        var answer = await node.AskAsync(DataNode.Produce(node.Topic("t"), acks, (0, DataNode.Batch()), (99, DataNode.Batch())));
        Assert.Equal([ErrorCode.InvalidRequiredAcks, ErrorCode.UnknownTopicOrPartition], answer.Responses[0].PartitionResponses.Select(p => (ErrorCode)p.ErrorCode));
    }

    [Fact]
    public async Task What_is_unknown_is_named_by_the_way_it_was_asked_for()
    {
        await using var node = new DataNode();
        node.Topic("t");
        foreach (var name in (string[])["nope", "", "a b"])
        {
            foreach (short version in (short[])[3, 12, 13])
            {
                var id = name == "nope" ? Guid.NewGuid() : Guid.Empty;
                var request = new ProduceRequest { Acks = 1, TopicData = [new() { Name = name, TopicId = id, PartitionData = [new() { Records = new(DataNode.Batch()) }] }] };
                var answer = Single(await node.AskAsync(request, version));
                AssertRefused(answer, version >= 13 ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition, logStart: -1);
            }
        }
    }

    [Fact]
    public async Task Internal_topics_take_nothing()
    {
        await using var node = new DataNode();
        var topic = node.Topic(TopicNames.ConsumerOffsets);
        AssertRefused(Single(await node.AskAsync(DataNode.Produce(topic, 1, (0, DataNode.Batch())), 12)), ErrorCode.InvalidTopicException, -1);
        AssertRefused(Single(await node.AskAsync(DataNode.Produce(topic, 1, (0, DataNode.Batch())), 13)), ErrorCode.InvalidTopicException, -1);
    }

    [Fact]
    public async Task A_transactional_batch_needs_a_transactional_id_and_none_is_known()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t", 2);
        var batch = DataNode.Batch(set: b => (b.ProducerId, b.ProducerEpoch, b.BaseSequence, b.IsTransactional) = (5, 0, 0, true));
        var answer = await node.AskAsync(DataNode.Produce(topic, -1, (0, DataNode.Batch()), (1, batch)));
        Assert.All(answer.Responses[0].PartitionResponses, p => AssertRefused(p, ErrorCode.TransactionalIdAuthorizationFailed, -1));
        var request = DataNode.Produce(topic, 1, (0, DataNode.Batch()), (1, batch));
        request.TransactionalId = "id";
        answer = await node.AskAsync(request);
        Assert.Equal([ErrorCode.None, ErrorCode.InvalidProducerIdMapping], answer.Responses[0].PartitionResponses.Select(p => (ErrorCode)p.ErrorCode));
    }

    [Fact]
    public async Task Refusals_are_worded_as_in_Kafka()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t", settings: new LogSettings { MaxBatchBytes = 500 });
        await node.ProduceAsync(topic, 0, DataNode.Batch());
        await node.ProduceAsync(topic, 0, DataNode.Batch());
        Assert.Equal(ErrorCode.None, topic.Find(0)!.DeleteRecordsBefore(1).Error);

        AssertRefused(await Refused([]), ErrorCode.InvalidRecord, -1);
        AssertRefused(await Refused([.. DataNode.Batch(), .. DataNode.Batch()]), ErrorCode.InvalidRecord, -1);
        AssertRefused(await Refused(DataNode.Batch()[..^1]), ErrorCode.InvalidRecord, -1);
        AssertRefused(await Refused(DataNode.Batch(1, 600)), ErrorCode.MessageTooLarge, -1);
        var badCrc = DataNode.Batch();
        badCrc[17] ^= 1;
        AssertRefused(await Refused(badCrc), ErrorCode.CorruptMessage, -1);
        var badMagic = DataNode.Batch();
        badMagic[16] = 3;
        AssertRefused(await Refused(badMagic), ErrorCode.CorruptMessage, -1, explained: true);
        AssertRefused(await Refused(DataNode.Batch(set: b => b.BaseOffset = 100)), ErrorCode.InvalidRecord, 1);
        AssertRefused(await Refused(DataNode.Batch(set: b => b.ProducerId = 5)), ErrorCode.InvalidRecord, 1);
        AssertRefused(await Refused(DataNode.Batch(timestampMs: DateTimeOffset.UtcNow.AddHours(2).ToUnixTimeMilliseconds())), ErrorCode.InvalidTimestamp, 1, true, [0]);

        var compacted = node.Topic("compacted", settings: new LogSettings { IsCompacted = true, IsDeleted = false });
        var keyless = new RecordBatchBuilder();
        keyless.Append(1000, "k"u8, "v"u8);
        keyless.Append(1000, NullableBytes.Null, "v"u8);
        var answer = Single(await node.AskAsync(DataNode.Produce(compacted, 1, (0, keyless.Build()))));
        AssertRefused(answer, ErrorCode.InvalidRecord, 0, true, [1]);

        async Task<AnsweredPartition> Refused(byte[] records) => Single(await node.AskAsync(DataNode.Produce(topic, 1, (0, records))));
    }

    [Theory]
    [InlineData(FlushMode.Os)]
    [InlineData(FlushMode.Batch)]
    public async Task Retries_of_an_idempotent_producer_are_answered_with_the_original(FlushMode flush)
    {
        await using var node = new DataNode(flush);
        var topic = node.Topic("t");
        for (var i = 0; i < 7; i++)
        {
            Assert.Equal((i, -1), await Send(sequence: i));
        }

        Assert.Equal((2, 1000), await Send(sequence: 2));
        AssertRefused(Single(await node.AskAsync(DataNode.Produce(topic, -1, (0, Idempotent(1))))), ErrorCode.OutOfOrderSequenceNumber, 0);
        AssertRefused(Single(await node.AskAsync(DataNode.Produce(topic, -1, (0, Idempotent(9))))), ErrorCode.OutOfOrderSequenceNumber, 0);
        Assert.Equal(7, topic.Find(0)!.LogEndOffset);

        async Task<(long Offset, long Time)> Send(int sequence)
        {
            var answer = Single(await node.AskAsync(DataNode.Produce(topic, -1, (0, Idempotent(sequence)))));
            Assert.Equal(ErrorCode.None, (ErrorCode)answer.ErrorCode);
            return (answer.BaseOffset, answer.LogAppendTimeMs);
        }

        static byte[] Idempotent(int sequence) => DataNode.Batch(set: b => (b.ProducerId, b.ProducerEpoch, b.BaseSequence) = (77, 0, sequence));
    }

    [Fact]
    public async Task A_timeout_of_zero_or_less_does_not_refuse_what_the_disk_takes()
    {
        await using var node = new DataNode(FlushMode.Batch);
        var topic = node.Topic("t");
        foreach (var timeout in (int[])[0, -1])
        {
            var request = DataNode.Produce(topic, -1, (0, DataNode.Batch()));
            request.TimeoutMs = timeout;
            Assert.Equal(ErrorCode.None, (ErrorCode)Single(await node.AskAsync(request)).ErrorCode);
        }
    }

    [Fact]
    public async Task Pipelined_requests_are_stored_in_their_order()
    {
        await using var node = new DataNode(FlushMode.Batch);
        var topic = node.Topic("t");
        var answers = new List<ValueTask<Answer>>();
        for (var i = 0; i < 200; i++)
        {
            answers.Add(node.Start(DataNode.Produce(topic, -1, (0, DataNode.Batch(set: b => (b.ProducerId, b.ProducerEpoch, b.BaseSequence) = (1, 0, answers.Count)))), 9));
        }

        for (var i = 0; i < answers.Count; i++)
        {
            var answer = Single(DataNode.Read<ProduceResponse>(await answers[i], 9));
            Assert.Equal((ErrorCode.None, i), ((ErrorCode)answer.ErrorCode, answer.BaseOffset));
        }
    }

    [Fact]
    public async Task A_mirror_is_written_by_its_link_alone()
    {
        await using var node = new DataNode();
        var topic = node.Topic("t", mirror: new MirrorOrigin("eu", 1));
        var answer = Single(await node.AskAsync(DataNode.Produce(topic, 1, (0, DataNode.Batch()))));
        AssertRefused(answer, ErrorCode.PolicyViolation, -1, explained: true);
        Assert.Contains("eu", answer.ErrorMessage);
    }

    private static AnsweredPartition Single(ProduceResponse response) => Assert.Single(Assert.Single(response.Responses).PartitionResponses);

    private static void AssertRefused(AnsweredPartition answer, ErrorCode error, long logStart, bool explained = false, int[]? records = null)
    {
        Assert.Equal((error, -1, -1, logStart), ((ErrorCode)answer.ErrorCode, answer.BaseOffset, answer.LogAppendTimeMs, answer.LogStartOffset));
        Assert.Equal(explained, answer.ErrorMessage is not null);
        Assert.Equal(records ?? [], answer.RecordErrors.Select(e => e.BatchIndex));
    }
}

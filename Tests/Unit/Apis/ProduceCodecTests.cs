using Broker.Node.Partitions;
using Broker.Node.Producing;
using CsCheck;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Framing;
using Protocol.Wire.Messages;
using AnsweredPartition = Protocol.Wire.Messages.ProduceResponse.TopicProduceResponse.PartitionProduceResponse;
using AskedPartition = Protocol.Wire.Messages.ProduceRequest.TopicProduceData.PartitionProduceData;

namespace Tests.Unit.Apis;

/// <summary>The hand-written reader and writer of the hot path against the generated ones, which come from the message's specification.</summary>
public class ProduceCodecTests
{
    private static readonly Gen<short> Version = Gen.Int[3, 13].Select(v => (short)v);

    private static readonly Gen<AskedPartition> Asked = Gen.Select(Gen.Int[-1, 6], Gen.Byte.Array[0, 40], Gen.Bool).Select((index, bytes, isNull) =>
        new AskedPartition { Index = index, Records = isNull ? default : new WireRecords(bytes) });

    private static readonly Gen<ProduceRequest> Requests =
        from transactionalId in Gen.Null(Gen.String[0, 5])
        from acks in Gen.Short[-2, 2]
        from timeout in Gen.Int
        from topics in Gen.Select(Gen.Int[0, 3], Asked.List[0, 20]).List[0, 4]
        select new ProduceRequest
        {
            TransactionalId = transactionalId,
            Acks = acks,
            TimeoutMs = timeout,
            TopicData = [.. topics.Select(t => new ProduceRequest.TopicProduceData { Name = $"topic-{t.Item1}", TopicId = Id(t.Item1), PartitionData = t.Item2 })],
        };

    [Fact]
    public void A_request_is_read_as_the_specification_says_with_the_later_of_two_equal_partitions() =>
        Gen.Select(Requests, Version).Sample((request, version) =>
        {
            var parts = new ProduceRequestParts();
            parts.Read(Bytes(request, version), version);
            Assert.Equal((request.TransactionalId, request.Acks, request.TimeoutMs), (parts.TransactionalId, parts.Acks, parts.TimeoutMs));

            var expected = new OrderedDictionary<(string, int), WireRecords>();
            foreach (var topic in request.TopicData)
            {
                foreach (var partition in topic.PartitionData)
                {
                    expected[(version >= 13 ? topic.TopicId.ToString() : topic.Name, partition.Index)] = partition.Records;
                }
            }

            Assert.Equal(expected.Count, parts.PartCount);
            for (var i = 0; i < parts.PartCount; i++)
            {
                ref var part = ref parts.Part(i);
                var topic = parts.Topics[part.TopicAt];
                Assert.Equal(expected.GetAt(i).Key, (topic.Name ?? topic.Id.ToString(), part.Index));
                Assert.Equal(expected.GetAt(i).Value.IsNull, part.IsNull);
                Assert.Equal(expected.GetAt(i).Value.Memory.ToArray(), part.Records.ToArray());
            }
        });

    [Fact]
    public void An_answer_is_written_as_the_specification_says() =>
        Gen.Select(Requests, Version, Gen.Int, Gen.Long).Sample((request, version, correlationId, seed) =>
        {
            var parts = new ProduceRequestParts();
            parts.Read(Bytes(request, version), version);
            var expected = new ProduceResponse();
            var lastTopicAt = -1;
            for (var i = 0; i < parts.PartCount; i++)
            {
                ref var part = ref parts.Part(i);
                part.Error = (ErrorCode)((seed + i) % 100);
                part.BaseOffset = seed ^ i;
                part.LogAppendTimeMs = seed + i;
                part.LogStartOffset = seed - i;
                part.ErrorMessage = i % 3 == 0 ? $"text {i}" : null;
                part.RecordErrors = i % 4 == 0 ? [new RecordFault(i, null), new RecordFault(7, "why")] : null;
                if (part.TopicAt != lastTopicAt)
                {
                    var topic = parts.Topics[part.TopicAt];
                    expected.Responses.Add(new() { Name = topic.Name ?? "", TopicId = topic.Id });
                    lastTopicAt = part.TopicAt;
                }

                expected.Responses[^1].PartitionResponses.Add(new AnsweredPartition
                {
                    Index = part.Index,
                    ErrorCode = (short)part.Error,
                    BaseOffset = part.BaseOffset,
                    LogAppendTimeMs = part.LogAppendTimeMs,
                    LogStartOffset = part.LogStartOffset,
                    ErrorMessage = part.ErrorMessage,
                    RecordErrors = [.. (part.RecordErrors ?? []).Select(e => new AnsweredPartition.BatchIndexAndErrorMessage { BatchIndex = e.BatchIndex, BatchIndexErrorMessage = e.Message })],
                });
            }

            using var written = ProduceAnswer.Write(parts, version, correlationId);
            using var specified = new FrameWriter();
            specified.BeginFrame();
            ResponseHeader.Write(specified, ApiKey.Produce, version, correlationId);
            expected.Write(specified, version);
            specified.EndFrame();
            Assert.Equal(specified.ToArray(), written.ToArray());
        });

    [Fact]
    public void A_request_cut_anywhere_is_refused() => Gen.Select(Requests, Version, Gen.Double[0, 1]).Sample((request, version, where) =>
    {
        var bytes = Bytes(request, version);
        var cut = (int)(bytes.Length * where);
        Assert.Throws<WireFormatException>(() => new ProduceRequestParts().Read(bytes[..Math.Min(cut, bytes.Length - 1)], version));
    });

    [Fact]
    public void Bytes_that_were_changed_are_read_or_refused() =>
        Gen.Select(Requests, Version, Gen.Select(Gen.Int, Gen.Byte).Array[1, 8]).Sample((request, version, changes) =>
        {
            var bytes = Bytes(request, version).ToArray();
            foreach (var (at, value) in changes)
            {
                bytes[(uint)at % bytes.Length] = value;
            }

            try
            {
                new ProduceRequestParts().Read(bytes, version);
            }
            catch (WireFormatException)
            {
            }
        });

    [Fact]
    public void A_cleared_request_keeps_nothing()
    {
        var parts = new ProduceRequestParts();
        parts.Read(Bytes(new ProduceRequest { TransactionalId = "t", TopicData = [new() { Name = "a", PartitionData = [new() { Records = new(new byte[9]) }] }] }, 9), 9);
        parts.Clear();
        Assert.Equal((null, 0, 0), (parts.TransactionalId, parts.PartCount, parts.TopicCount));
        Assert.True(parts.Part(0).Records.IsEmpty);
    }

    private static Guid Id(int number) => new(number + 1, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11]);

    private static ReadOnlyMemory<byte> Bytes(ProduceRequest request, short version)
    {
        using var writer = new FrameWriter();
        request.Write(writer, version);
        return writer.ToArray();
    }
}

using Broker.Core.Fetching;
using Broker.Node.Fetching;
using CsCheck;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Framing;
using Protocol.Wire.Messages;
using AnsweredPartition = Protocol.Wire.Messages.FetchResponse.FetchableTopicResponse.PartitionData;
using AskedPartition = Protocol.Wire.Messages.FetchRequest.FetchTopic.FetchPartition;

namespace Tests.Unit.Apis;

/// <summary>The hand-written reader and writer of fetches against the generated ones, which come from the message's specification.</summary>
public class FetchCodecTests
{
    private static readonly Gen<short> Version = Gen.Int[4, 18].Select(v => (short)v);

    private static readonly Gen<AskedPartition> Asked =
        from partition in Gen.Int[-1, 6]
        from currentLeaderEpoch in Gen.Int[-2, 3]
        from fetchOffset in Gen.Long
        from lastFetchedEpoch in Gen.Int[-2, 3]
        from maxBytes in Gen.Int
        from directory in Gen.Guid
        from highWatermark in Gen.Long
        select new AskedPartition
        {
            Partition = partition,
            CurrentLeaderEpoch = currentLeaderEpoch,
            FetchOffset = fetchOffset,
            LastFetchedEpoch = lastFetchedEpoch,
            LogStartOffset = 3,
            PartitionMaxBytes = maxBytes,
            ReplicaDirectoryId = directory,
            HighWatermark = highWatermark,
        };

    private static readonly Gen<FetchRequest> Requests =
        from numbers in Gen.Int.Array[5]
        from isolation in Gen.SByte
        from replica in Gen.Int[-2, 3]
        from cluster in Gen.Null(Gen.String[0, 4])
        from rack in Gen.String[0, 4]
        from topics in Gen.Select(Gen.Int[0, 3], Asked.List[0, 6]).List[0, 4]
        from forgotten in Gen.Select(Gen.Int[0, 3], Gen.Int.List[0, 4]).List[0, 3]
        select new FetchRequest
        {
            ClusterId = cluster,
            ReplicaId = replica,
            ReplicaState = new() { ReplicaId = replica, ReplicaEpoch = replica },
            MaxWaitMs = numbers[0],
            MinBytes = numbers[1],
            MaxBytes = numbers[2],
            IsolationLevel = isolation,
            SessionId = numbers[3],
            SessionEpoch = numbers[4],
            RackId = rack,
            Topics = [.. topics.Select(t => new FetchRequest.FetchTopic { Topic = $"t{t.Item1}", TopicId = Id(t.Item1), Partitions = t.Item2 })],
            ForgottenTopicsData = [.. forgotten.Select(t => new FetchRequest.ForgottenTopic { Topic = $"t{t.Item1}", TopicId = Id(t.Item1), Partitions = t.Item2 })],
        };

    [Fact]
    public void A_request_is_read_as_the_specification_says() => Gen.Select(Requests, Version).Sample((request, version) =>
    {
        // What the version carries is what the generated reader finds.
        var bytes = Bytes(request, version);
        var reader = new WireReader(bytes);
        request.Read(ref reader, version);

        var parts = new FetchRequestParts();
        parts.Read(bytes, version);
        Assert.Equal(
            (request.MaxWaitMs, request.MinBytes, request.MaxBytes, request.IsolationLevel, request.SessionId, request.SessionEpoch),
            (parts.MaxWaitMs, parts.MinBytes, parts.MaxBytes, parts.IsolationLevel, parts.SessionId, parts.SessionEpoch));
        Assert.Equal(version >= 15 ? request.ReplicaState.ReplicaId : request.ReplicaId, parts.ReplicaId);
        var expected = request.Topics.SelectMany(t => t.Partitions.Select(p =>
            new FetchPart(Key(version, t.Topic, t.TopicId, p.Partition), p.CurrentLeaderEpoch, p.FetchOffset, p.LastFetchedEpoch, p.PartitionMaxBytes)));
        Assert.Equal(expected, parts.Parts.ToArray());
        Assert.Equal(request.ForgottenTopicsData.SelectMany(t => t.Partitions.Select(p => Key(version, t.Topic, t.TopicId, p))), parts.Forgotten.ToArray());
    });

    [Fact]
    public void A_request_cut_anywhere_is_refused() => Gen.Select(Requests, Version, Gen.Double[0, 1]).Sample((request, version, where) =>
    {
        var bytes = Bytes(request, version);
        var cut = Math.Min((int)(bytes.Length * where), bytes.Length - 1);
        Assert.Throws<WireFormatException>(() => new FetchRequestParts().Read(bytes[..cut], version));
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
                new FetchRequestParts().Read(bytes, version);
            }
            catch (WireFormatException)
            {
            }
        });

    [Fact]
    public void An_answer_is_written_as_the_specification_says() =>
        Gen.Select(Gen.Select(Gen.Int[0, 2], Gen.Int[0, 99], Gen.Long, Gen.Byte.Array[0, 2000], Gen.Bool).List[0, 8], Version, Gen.Int).Sample((findings, version, number) =>
        {
            var session = new WatchedSession(reusesPartitions: false);
            var answered = new List<WatchedPartition>();
            var expected = new FetchResponse { ErrorCode = (short)(number % 100), SessionId = number };
            foreach (var (topic, index, watermark, bytes, diverges) in findings.DistinctBy(f => (f.Item1, f.Item2)))
            {
                var partition = session.Put(Key(version, $"t{topic}", Id(topic), index));
                partition.HighWatermark = watermark;
                partition.LogStartOffset = watermark / 2;
                partition.Records = new(bytes);
                partition.Diverging = diverges ? (index, watermark) : (-1, -1);
                answered.Add(partition);
                if (expected.Responses is not [.., var last] || last.Topic != $"t{topic}")
                {
                    expected.Responses.Add(new() { Topic = $"t{topic}", TopicId = Id(topic) });
                }

                expected.Responses[^1].Partitions.Add(new AnsweredPartition
                {
                    PartitionIndex = index,
                    HighWatermark = watermark,
                    LastStableOffset = watermark,
                    LogStartOffset = watermark / 2,
                    AbortedTransactions = number % 2 == 0 ? [] : null,
                    Records = new(bytes),
                    DivergingEpoch = diverges ? new() { Epoch = index, EndOffset = watermark } : new(),
                });
            }

            using var written = FetchAnswer.Write(version, number, (ErrorCode)(number % 100), number, answered, number % 2 == 0, 7);
            using var specified = new FrameWriter();
            specified.BeginFrame();
            ResponseHeader.Write(specified, ApiKey.Fetch, version, number);
            expected.Write(specified, version);
            specified.EndFrame();
            Assert.Equal(specified.ToArray(), written.ToArray());
        });

    private static FetchKey Key(short version, string name, Guid id, int index) => version >= 13 ? new(null, id, index) : new(name, Guid.Empty, index);

    private static Guid Id(int number) => new(number + 1, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11]);

    private static ReadOnlyMemory<byte> Bytes(FetchRequest request, short version)
    {
        using var writer = new FrameWriter();
        request.Write(writer, version);
        return writer.ToArray();
    }
}

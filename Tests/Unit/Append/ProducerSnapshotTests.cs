using System.Buffers.Binary;
using Broker.Core.Append;
using CsCheck;
using Kernel;
using Protocol.Wire;

namespace Tests.Unit.Append;

public class ProducerSnapshotTests
{
    // Written by Apache Kafka 4.3.1: producer 7, epoch 2, sequences 5 to 9 at offsets 100 to 104; producer 9 with an open transaction from 105.
    private const string KafkasFile =
        "0001476E8AE90000000200000000000000070002000000090000000000000068000000040000018BCFE56800FFFFFFFFFFFFFFFF"
        + "FFFFFFFF0000000000000009000000000002000000000000006B000000020000018BCFE56801FFFFFFFF0000000000000069";

    [Fact]
    public void A_snapshot_brings_back_all_five_batches()
    {
        var states = new ProducerStates(TimeSpan.FromDays(1));
        for (var i = 0; i < 7; i++)
        {
            states.Apply(new ProducerBatch(5, 1, i * 3, 2, 1000 + i, false, false), 10 + (i * 3), nowMs: 50);
        }

        var loaded = new ProducerStates(TimeSpan.FromDays(1));
        Assert.True(loaded.TryLoad(states.ToSnapshot(), states.EndOffset, nowMs: 60));
        Assert.Equal((31L, 1), (loaded.EndOffset, loaded.Count));
        for (var i = 2; i < 7; i++)
        {
            Assert.Equal(new ProducerVerdict(ErrorCode.None, true, 10 + (i * 3), 12 + (i * 3), 1000 + i), loaded.Check(new ProducerBatch(5, 1, i * 3, 2, 0, false, false)));
        }

        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, loaded.Check(new ProducerBatch(5, 1, 3, 2, 0, false, false)).Error);

        // The silence goes on where it began.
        Assert.Equal(0, loaded.Expire(50 + (24 * 3600 * 1000) - 1));
        Assert.Equal(1, loaded.Expire(50 + (24 * 3600 * 1000)));
    }

    [Fact]
    public void A_file_of_Kafka_is_read()
    {
        var states = new ProducerStates(TimeSpan.FromDays(1));
        Assert.True(states.TryLoad(Convert.FromHexString(KafkasFile), 108, nowMs: 5));
        Assert.Equal((2, 108L), (states.Count, states.EndOffset));
        Assert.Equal(new ProducerVerdict(ErrorCode.None, true, 100, 104, 1_700_000_000_000), states.Check(new ProducerBatch(7, 2, 5, 4, 0, false, false)));
        Assert.True(states.Check(new ProducerBatch(7, 2, 10, 0, 0, false, false)).IsAppend);
        Assert.Equal(ErrorCode.InvalidTxnState, states.Check(new ProducerBatch(9, 0, 3, 0, 0, false, false)).Error);
        Assert.True(states.Check(new ProducerBatch(9, 0, 3, 0, 0, true, false)).IsAppend);
    }

    [Fact]
    public void Ours_begins_with_what_Kafka_would_write()
    {
        var states = new ProducerStates(TimeSpan.FromDays(1));
        states.Apply(new ProducerBatch(7, 2, 5, 4, 1_700_000_000_000, false, false), 100, nowMs: 1);
        states.Apply(new ProducerBatch(9, 0, 0, 2, 1_700_000_000_001, true, false), 105, nowMs: 1);
        var ours = states.ToSnapshot();
        var theirs = Convert.FromHexString(KafkasFile);
        Assert.Equal(theirs[..2], ours[..2]);
        Assert.Equal(theirs[6..], ours[6..theirs.Length]);
    }

    [Fact]
    public void Damaged_or_cut_files_load_nothing() =>
        Gen.Select(Gen.Int[0, 8], Gen.Int[0, 100_000], Gen.Int[1, 255]).Sample((producers, at, flip) =>
        {
            var states = new ProducerStates(TimeSpan.FromDays(1));
            for (var i = 0; i < producers * 3; i++)
            {
                states.Apply(new ProducerBatch(i % Math.Max(1, producers), 0, i / Math.Max(1, producers), 0, 5, false, false), i, nowMs: 1);
            }

            var bytes = states.ToSnapshot();
            var loaded = new ProducerStates(TimeSpan.FromDays(1));
            Assert.True(loaded.TryLoad(bytes, states.EndOffset, 1));
            Assert.False(loaded.TryLoad(bytes.AsSpan(0, at % bytes.Length), 5, 1));
            Assert.Equal((0, 0L), (loaded.Count, loaded.EndOffset));
            bytes[at % bytes.Length] ^= (byte)flip;
            Assert.False(loaded.TryLoad(bytes, 5, 1));
            Assert.Equal(0, loaded.Count);
        });

    [Fact]
    public void A_lying_count_is_refused_under_a_right_crc()
    {
        var bytes = new ProducerStates(TimeSpan.FromDays(1)).ToSnapshot();
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(6), int.MaxValue);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(2), Crc32C.Compute(bytes.AsSpan(6)));
        Assert.False(new ProducerStates(TimeSpan.FromDays(1)).TryLoad(bytes, 0, 0));
    }
}

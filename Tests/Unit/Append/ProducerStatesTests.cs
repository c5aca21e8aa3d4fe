using Broker.Core.Append;
using Kernel;
using Protocol.Wire;

namespace Tests.Unit.Append;

public class ProducerStatesTests
{
    private readonly ProducerStates _states = new(TimeSpan.FromDays(1));

    [Fact]
    public void An_unknown_producer_begins_anywhere()
    {
        Assert.True(_states.Check(Batch(sequence: 500)).IsAppend);
        Assert.True(_states.Check(Batch(sequence: 0, epoch: 7)).IsAppend);
        Assert.Equal(ErrorCode.InvalidProducerEpoch, _states.Check(Batch(epoch: -2)).Error);
    }

    [Fact]
    public void The_next_sequence_is_taken_others_are_out_of_order()
    {
        Append(Batch(sequence: 10, records: 5), 100);
        Assert.True(_states.Check(Batch(sequence: 15)).IsAppend);
        foreach (var sequence in new[] { 0, 9, 11, 14, 16, int.MaxValue })
        {
            Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, _states.Check(Batch(sequence)).Error);
        }
    }

    [Fact]
    public void A_duplicate_is_answered_with_the_original()
    {
        Append(Batch(sequence: 0, records: 3, timestamp: 77), 1000);
        Append(Batch(sequence: 3, records: 2, timestamp: 78), 1003);
        var verdict = _states.Check(Batch(sequence: 0, records: 3, timestamp: 99));
        Assert.Equal(new ProducerVerdict(ErrorCode.None, true, 1000, 1002, 77), verdict);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, _states.Check(Batch(sequence: 0, records: 2)).Error);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, _states.Check(Batch(sequence: 3, records: 3)).Error);
    }

    [Fact]
    public void Five_batches_are_remembered_the_sixth_back_is_out_of_order()
    {
        for (var i = 0; i < 6; i++)
        {
            Append(Batch(sequence: i), 50 + i);
        }

        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, _states.Check(Batch(sequence: 0)).Error);
        for (var i = 1; i < 6; i++)
        {
            Assert.Equal((true, 50L + i), (_states.Check(Batch(sequence: i)).IsDuplicate, _states.Check(Batch(sequence: i)).BaseOffset));
        }
    }

    [Fact]
    public void Epochs_rise_and_begin_at_zero()
    {
        Append(Batch(sequence: 4, epoch: 3), 0);
        Assert.Equal(ErrorCode.InvalidProducerEpoch, _states.Check(Batch(sequence: 5, epoch: 2)).Error);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, _states.Check(Batch(sequence: 5, epoch: 4)).Error);
        Assert.True(_states.Check(Batch(sequence: 0, epoch: 9)).IsAppend);
        Append(Batch(sequence: 0, epoch: 9), 1);

        // The old epoch's batches are no duplicates any more.
        Assert.Equal(ErrorCode.InvalidProducerEpoch, _states.Check(Batch(sequence: 4, epoch: 3)).Error);
    }

    [Fact]
    public void Sequences_wrap_inside_a_batch()
    {
        Append(Batch(sequence: int.MaxValue - 1, records: 4), 0);
        Assert.True(_states.Check(Batch(sequence: 2)).IsAppend);
        Assert.True(_states.Check(Batch(sequence: int.MaxValue - 1, records: 4)).IsDuplicate);
        Append(Batch(sequence: 2, records: 1), 4);
        Append(Batch(producer: 8, sequence: int.MaxValue), 5);
        Assert.True(_states.Check(Batch(producer: 8, sequence: 0)).IsAppend);
    }

    [Fact]
    public void A_plain_batch_within_a_transaction_is_refused_until_the_marker()
    {
        Append(Batch(sequence: 0) with { IsTransactional = true }, 0);
        Assert.Equal(ErrorCode.InvalidTxnState, _states.Check(Batch(sequence: 1)).Error);
        Assert.True(_states.Check(Batch(sequence: 1) with { IsTransactional = true }).IsAppend);
        Append(Marker(), 1);
        Assert.True(_states.Check(Batch(sequence: 1)).IsAppend);
        Append(Marker(epoch: 1), 2);

        // The marker of a new epoch leaves no sequence behind.
        Assert.True(_states.Check(Batch(sequence: 0, epoch: 1)).IsAppend);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, _states.Check(Batch(sequence: 2, epoch: 1)).Error);
    }

    [Fact]
    public void Silent_producers_expire_open_transactions_do_not()
    {
        _states.Apply(Batch(producer: 1), 0, nowMs: 0);
        _states.Apply(Batch(producer: 2) with { IsTransactional = true }, 1, nowMs: 0);
        _states.Apply(Batch(producer: 3), 2, nowMs: 1000);
        var day = (long)TimeSpan.FromDays(1).TotalMilliseconds;
        Assert.Equal(0, _states.Expire(day - 1));
        Assert.Equal(1, _states.Expire(day));
        Assert.Equal(2, _states.Count);
        Assert.True(_states.Check(Batch(producer: 1, sequence: 44)).IsAppend);
        Assert.False(_states.Check(Batch(producer: 3, sequence: 44)).IsAppend);
        _states.Apply(Batch(producer: 3, sequence: 1), 3, nowMs: day);
        Assert.Equal(0, _states.Expire(day + 1000));
    }

    [Fact]
    public void Truncation_forgets_what_was_cut_and_says_when_that_is_not_enough()
    {
        for (var i = 0; i < 4; i++)
        {
            Append(Batch(producer: 1, sequence: i * 10, records: 10), i * 10);
        }

        Assert.True(_states.TruncateTo(40));
        Assert.True(_states.TruncateTo(25));
        Assert.Equal(25, _states.EndOffset);
        Assert.True(_states.Check(Batch(producer: 1, sequence: 20, records: 10)).IsAppend);
        Assert.True(_states.Check(Batch(producer: 1, sequence: 10, records: 10)).IsDuplicate);
        Assert.False(_states.TruncateTo(5));
        Assert.Equal(0, _states.Count);
    }

    [Fact]
    public void A_cut_marker_needs_a_snapshot()
    {
        Append(Batch(sequence: 0) with { IsTransactional = true }, 0);
        Append(Marker(), 1);
        Assert.False(_states.TruncateTo(1));
    }

    [Fact]
    public void Batches_below_the_end_are_known_already()
    {
        Append(Batch(sequence: 0, records: 10), 0);
        Append(Batch(sequence: 10, records: 10), 10);
        Append(Batch(sequence: 0, records: 10), 0);
        Assert.Equal(20, _states.EndOffset);
        Assert.True(_states.Check(Batch(sequence: 20)).IsAppend);
    }

    [Fact]
    public void Batches_without_a_producer_move_the_end_only()
    {
        Append(Batch(producer: -1, sequence: -1, records: 3), 7);
        Assert.Equal((10L, 0), (_states.EndOffset, _states.Count));
    }

    [Fact]
    public void Producers_are_bounded_the_longest_silent_goes()
    {
        for (var i = 0; i <= Limits.MaxProducersPerPartition; i++)
        {
            Append(Batch(producer: i), 2 * i);
            Append(Batch(producer: 0, sequence: i), (2 * i) + 1);
        }

        Assert.Equal(Limits.MaxProducersPerPartition, _states.Count);
        Assert.True(_states.Check(Batch(producer: 1, sequence: 99)).IsAppend);
        Assert.False(_states.Check(Batch(producer: 2, sequence: 99)).IsAppend);
    }

    private static ProducerBatch Batch(int sequence = 0, int records = 1, short epoch = 0, long producer = 5, long timestamp = 1) =>
        new(producer, epoch, sequence, records - 1, timestamp, false, false);

    private static ProducerBatch Marker(short epoch = 0) => new(5, epoch, -1, 0, 1, true, true);

    private void Append(ProducerBatch batch, long baseOffset) => _states.Apply(batch, baseOffset, nowMs: 0);
}

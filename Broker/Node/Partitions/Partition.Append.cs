using Broker.Core.Append;
using Broker.Core.Metadata;
using Broker.Node.Storage;
using Protocol.Wire;
using Protocol.Wire.Records;

namespace Broker.Node.Partitions;

/// <summary>How batches come into the log.</summary>
public sealed partial class Partition
{
    private static readonly AppendOutcome Deleted = AppendOutcome.Refused(ErrorCode.UnknownTopicOrPartition);

    /// <summary>
    /// Validates and appends what a producer sent for this partition: <see cref="BatchCheck"/>, then the topic's rewrite,
    /// then the idempotence check, then the log. The bytes are patched in place (base offset, leader epoch, timestamps) and written before
    /// the call returns; nothing keeps them. A mirrored topic refuses with POLICY_VIOLATION and a message that names the home region.
    /// </summary>
    /// <param name="records">The records field as sent; writable memory.</param>
    /// <param name="waiter">Called once the batch is committed, unless the outcome is an error; also for duplicates, once the original is. Null: nobody waits (acks 0 or 1).</param>
    public AppendOutcome Append(Memory<byte> records, short produceVersion, ICommitWaiter? waiter = null, int tag = 0)
    {
        if (Topic.Mirror is { } mirror)
        {
            return AppendOutcome.Refused(
                ErrorCode.PolicyViolation, $"Topic {Topic.Name} is the read-only copy of a topic whose home is region {mirror.Region}; produce there.");
        }

        var settings = Topic.Settings;
        var nowMs = _services.WallMs;
        var rules = settings.RulesFor(nowMs, produceVersion);
        var verdict = BatchCheck.Validate(records.Span, rules);
        if (!verdict.IsAccepted)
        {
            return _isDeleted ? Deleted : new AppendOutcome(verdict.Error, ErrorMessage: verdict.Message, RecordErrors: Faults(verdict.RecordErrors));
        }

        var batch = records.Span[..verdict.LengthBytes];
        if (verdict.Rewrite == BatchRewrite.Header)
        {
            BatchRewriter.PatchHeader(batch, verdict, rules);
        }
        else if (verdict.Rewrite == BatchRewrite.Recompress)
        {
            batch = BatchRewriter.Recompress(batch, verdict, rules);
            if (batch.Length > rules.MaxBatchBytes)
            {
                return AppendOutcome.Refused(
                    ErrorCode.MessageTooLarge,
                    $"The batch has {batch.Length} bytes as the topic compresses it, max.message.bytes is {rules.MaxBatchBytes}.");
            }
        }

        if (batch.Length > settings.SegmentBytes)
        {
            return AppendOutcome.Refused(
                ErrorCode.RecordListTooLarge, $"The batch has {batch.Length} bytes, a segment of the topic at most {settings.SegmentBytes}.");
        }

        var outcome = Store(batch, settings, nowMs, checkProducer: true, waiter, tag);
        return rules.TimestampType == TimestampType.LogAppendTime && outcome is { Error: ErrorCode.None, LogAppendTimeMs: < 0 }
            ? outcome with { LogAppendTimeMs = nowMs }
            : outcome;
    }

    /// <summary>
    /// Appends one batch of the broker's own (groups): checked by nobody, base offset and leader epoch are patched in place. The
    /// waiter is called once the batch is committed, unless the outcome is an error.
    /// </summary>
    public AppendOutcome AppendInternal(Span<byte> batch, ICommitWaiter? waiter = null, int tag = 0) =>
        Store(batch, Topic.Settings, _services.WallMs, checkProducer: false, waiter, tag);

    private AppendOutcome Store(Span<byte> batch, LogSettings settings, long nowMs, bool checkProducer, ICommitWaiter? waiter, int tag)
    {
        if (OpenOrNull() is not { } log)
        {
            return _isDeleted ? Deleted : Failed();
        }

        AppendOutcome outcome;
        var after = default(AfterAppend);
        lock (_gate)
        {
            if (_isDeleted)
            {
                return Deleted;
            }

            if (_failure is not null)
            {
                return Failed();
            }

            var header = new RecordBatchHeader(batch);
            var producer = ProducerBatch.Of(header);
            if (checkProducer && producer.HasProducerId && _producers?.Check(producer) is { IsAppend: false } verdict)
            {
                if (!verdict.IsDuplicate)
                {
                    return new AppendOutcome(verdict.Error, LogStartOffset: _logStartOffset, ErrorMessage: verdict.Message);
                }

                outcome = new AppendOutcome(ErrorCode.None, verdict.BaseOffset, verdict.MaxTimestamp, _logStartOffset);
                after = Await(verdict.LastOffset + 1, waiter, tag);
            }
            else
            {
                var baseOffset = log.NextOffset;
                var epoch = Math.Max(_leaderEpoch, log.Epochs.Latest);
                RecordBatch.PatchOffsets(batch, baseOffset, epoch);
                try
                {
                    if (log.NeedsRoll(pendingBytes: 0, batch.Length, header.LastOffset, header.MaxTimestamp, settings, nowMs))
                    {
                        Roll(log, settings, nowMs);
                    }

                    log.Append(batch, settings, nowMs);
                }
                catch (IOException refused)
                {
                    return RefusedByDisk(refused);
                }

                _epochsChanged |= log.Epochs.Assign(epoch, baseOffset);
                Remember(producer, baseOffset, settings, nowMs);
                CountStored(batch.Length, nowMs);
                _services.Metrics.CountAppend(batch.Length, header.RecordCount, batches: 1);
                outcome = new AppendOutcome(ErrorCode.None, baseOffset, LogStartOffset: _logStartOffset);
                after = Appended(log, waiter, tag);
            }
        }

        Complete(after);
        return outcome;
    }

    /// <summary>Under the gate, after a batch was written: publishes the new end, or has it flushed first.</summary>
    private AfterAppend Appended(SegmentedLog log, ICommitWaiter? waiter, int tag)
    {
        Volatile.Write(ref _logEndOffset, log.NextOffset);
        if (!_services.CommitsWhenDurable)
        {
            _committed = log.End();
            return Await(log.NextOffset, waiter, tag) with { IsReadable = true };
        }

        return Await(log.NextOffset, waiter, tag) with { MustEnqueue = WantFlush() };
    }

    /// <summary>Under the gate: the waiter is called at once when the offset is committed, else put in line behind those before it.</summary>
    private AfterAppend Await(long endOffset, ICommitWaiter? waiter, int tag)
    {
        if (waiter is null)
        {
            return default;
        }

        if (endOffset <= _committed!.Offset)
        {
            return new AfterAppend { Waiter = waiter, Tag = tag };
        }

        // A duplicate waits for what its original waits for, at the latest: the queue stays in the order of the log.
        _commitWaiters.Add(waiter, tag, _logEndOffset);
        return default;
    }

    /// <summary>Outside the gate.</summary>
    private void Complete(in AfterAppend after)
    {
        if (after.MustEnqueue)
        {
            _services.Flushes.Enqueue(this);
        }

        after.Waiter?.OnCommitted(after.Tag, ErrorCode.None);
        if (after.IsReadable)
        {
            _readWaiters.CallAll();
        }
    }

    private void Remember(in ProducerBatch producer, long baseOffset, LogSettings settings, long nowMs)
    {
        if (producer.HasProducerId)
        {
            _producers ??= new ProducerStates(settings.ProducerExpiration);
            _producers.Expiration = settings.ProducerExpiration;
            _producers.Apply(producer, baseOffset, nowMs);
            _producersChanged = true;
        }
    }

    /// <summary>Bytes were written to the log. Under the gate.</summary>
    private void CountStored(int bytes, long nowMs)
    {
        _sinceSnapshotBytes += bytes;
        _uncheckpointedSinceMs = _uncheckpointedSinceMs == 0 ? nowMs : _uncheckpointedSinceMs;
        _services.Debt.Add(bytes);
        _services.Refusals.OnTaken();
    }

    private AppendOutcome RefusedByDisk(IOException refused)
    {
        _services.Refusals.OnRefused(refused);
        return AppendOutcome.Refused(ErrorCode.KafkaStorageError, $"The disk refused the append: {refused.Message}");
    }

    /// <summary>Begins a new segment, with a snapshot of the producers beside it. Under the gate.</summary>
    private void Roll(SegmentedLog log, LogSettings settings, long nowMs)
    {
        log.Roll(settings, nowMs);
        Snapshots(log).Write(log.NextOffset, ProducerSnapshots.Take(_producers), staysWithSegment: true);
        _producersChanged = false;
        _sinceSnapshotBytes = 0;
    }

    private ProducerSnapshots Snapshots(SegmentedLog log) => _snapshots ??= new ProducerSnapshots(_services.Storage, log.Folder, -1);

    private AppendOutcome Failed() =>
        AppendOutcome.Refused(ErrorCode.KafkaStorageError, $"The log of {Name} failed: {_failure?.Message}");

    private static RecordFault[]? Faults(IReadOnlyList<RecordError>? errors)
    {
        if (errors is null)
        {
            return null;
        }

        var faults = new RecordFault[errors.Count];
        for (var i = 0; i < faults.Length; i++)
        {
            faults[i] = new RecordFault(errors[i].BatchIndex, errors[i].Message);
        }

        return faults;
    }

    /// <summary>What an append leaves to do outside the gate.</summary>
    private readonly record struct AfterAppend
    {
        public ICommitWaiter? Waiter { get; init; }

        public int Tag { get; init; }

        public bool MustEnqueue { get; init; }

        public bool IsReadable { get; init; }
    }
}

using Broker.Core.Groups;
using Broker.Node.Partitions;
using Kernel;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Records;

namespace Broker.Node.Groups;

/// <summary>
/// Puts group records into batches: those of many requests share one. Owned by a shard and used by one thread at a time. Uncompressed,
/// as Kafka's offsets.topic.compression.codec has it.
/// </summary>
internal sealed class GroupBatchWriter(IGroupLog log, ICommitWaiter waiter) : IDisposable
{
    // What a record costs in a batch beyond its key and value: lengths, attributes, deltas, each at its longest.
    private const int RecordOverheadBytes = 32;

    private readonly RecordBatchBuilder _builder = new();
    private readonly FrameWriter _key = new();
    private readonly FrameWriter _value = new();
    private long _complete;
    private long _announced;

    /// <summary>Bytes appended since the writer was made.</summary>
    public long AppendedBytes { get; private set; }

    /// <summary>The first error of an append; nothing is written after it.</summary>
    public ErrorCode Error { get; private set; }

    /// <summary>Takes the records of an append. Full batches leave at once, the last with <see cref="Flush"/>.</summary>
    public void Add(long sequence, IReadOnlyList<GroupRecord> records, long nowMs)
    {
        foreach (var record in records)
        {
            Add(record, nowMs, announce: true);
        }

        _complete = sequence;
    }

    /// <summary>Appends what was taken. The waiter hears of the newest sequence of which all records are in.</summary>
    public void Flush() => Flush(announce: true, waiter, 0);

    /// <summary>
    /// Appends records that stand for everything before them, in batches of their own. False when there were no records or they could not be
    /// appended. <paramref name="whenCommitted"/> is called for the last batch, and that may be before this returns.
    /// </summary>
    public bool AppendSnapshot(IEnumerable<GroupRecord> records, long nowMs, ICommitWaiter whenCommitted)
    {
        Flush();
        foreach (var record in records)
        {
            Add(record, nowMs, announce: false);
        }

        if (_builder.RecordCount == 0)
        {
            // A batch is closed before the record that does not fit, so the last one is never empty when there were records.
            return false;
        }

        Flush(announce: false, whenCommitted, 0);
        return Error == ErrorCode.None;
    }

    public void Dispose()
    {
        _key.Dispose();
        _value.Dispose();
    }

    private void Add(GroupRecord record, long nowMs, bool announce)
    {
        // The first bytes of a frame writer are its frame's length, which records have no use for.
        _key.BeginFrame();
        GroupRecordCodec.WriteKey(record, _key);
        var key = _key.Buffer.Span[sizeof(int)..];
        _value.BeginFrame();
        NullableBytes value = GroupRecordCodec.TryWriteValue(record, _value) ? _value.Buffer.Span[sizeof(int)..] : NullableBytes.Null;
        var size = key.Length + value.Span.Length + RecordOverheadBytes;
        if (_builder.RecordCount > 0 && _builder.UncompressedSizeBytes + size > Limits.GroupBatchBytes)
        {
            Flush(announce, announce ? waiter : null, 0);
        }

        _builder.Append(nowMs, key, value);
    }

    private void Flush(bool announce, ICommitWaiter? listener, int tag)
    {
        if (_builder.RecordCount == 0)
        {
            return;
        }

        if (announce)
        {
            // A batch that ends in the middle of an append completes none; the batch with the rest will.
            listener = _complete > _announced ? listener : null;
            tag = unchecked((int)_complete);
            _announced = _complete;
        }

        var batch = _builder.Build();
        _builder.Reset();
        if (Error != ErrorCode.None)
        {
            return;
        }

        AppendedBytes += batch.Length;
        Error = log.Append(batch, listener, tag).Error;
    }
}

using Broker.Node.Partitions;
using Protocol.Wire;

namespace Broker.Node.Producing;

/// <summary>One partition of a produce request: what was sent, and what became of it. A struct in its operation's array.</summary>
internal struct ProducePart
{
    /// <summary>Place of its topic in <see cref="ProduceRequestParts.Topics"/>.</summary>
    public int TopicAt;
    public int Index;

    /// <summary>The records field: a writable slice of the received frame. Dead once the frame is given back.</summary>
    public Memory<byte> Records;
    public bool IsNull;

    public ErrorCode Error;
    public long BaseOffset;
    public long LogAppendTimeMs;
    public long LogStartOffset;
    public string? ErrorMessage;
    public IReadOnlyList<RecordFault>? RecordErrors;

    /// <summary>The commit that acks=all waits for has not been heard of. Written by the committing thread, read by the one that answers.</summary>
    public volatile bool IsWaiting;

    /// <summary>The error that ended the wait, written before <see cref="IsWaiting"/> falls.</summary>
    public ErrorCode CommitError;

    public void Refuse(ErrorCode error)
    {
        Error = error;
        BaseOffset = LogAppendTimeMs = LogStartOffset = -1;
        ErrorMessage = null;
        RecordErrors = null;
    }
}

/// <summary>A topic of a produce request: its name up to version 12, its id from 13.</summary>
internal readonly record struct ProduceTopic(string? Name, Guid Id);

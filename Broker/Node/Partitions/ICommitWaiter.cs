using Protocol.Wire;

namespace Broker.Node.Partitions;

/// <summary>Waits until appended batches are committed: covered by the high watermark, so readable and, in flush mode batch, durable.</summary>
public interface ICommitWaiter
{
    /// <summary>
    /// Called exactly once for each append that was accepted with this waiter: with <see cref="ErrorCode.None"/> once committed, with
    /// KAFKA_STORAGE_ERROR when the disk failed, with UNKNOWN_TOPIC_OR_PARTITION when the topic was deleted meanwhile. On any thread, perhaps
    /// before the append returns, and never under a lock of the partition; it must not block.
    /// </summary>
    /// <param name="tag">The number given with the append.</param>
    void OnCommitted(int tag, ErrorCode error);
}

using Broker.Core.Append;

namespace Broker.Node.Storage;

/// <summary>
/// The producer snapshot files of one log. One is taken at each new segment, as in Kafka, and at checkpoints, so that a restart reads little
/// of the log again; of the latter the last two are kept. They carry a checksum, so they need no sync: a torn one is passed over for the
/// one before. Any thread.
/// </summary>
internal sealed class ProducerSnapshots(IStorage storage, string folder, long newestOffset)
{
    private static readonly byte[] Empty = new ProducerStates(TimeSpan.Zero).ToSnapshot();
    private readonly Lock _lock = new();
    private readonly Queue<long> _floating = newestOffset >= 0 ? new Queue<long>([newestOffset]) : new Queue<long>(1);

    /// <summary>What the newest snapshot covers; -1 when there is none.</summary>
    public long NewestOffset { get; private set; } = newestOffset;

    /// <summary>The bytes of a snapshot of states, which may be null for none.</summary>
    public static byte[] Take(ProducerStates? states) => states is null ? Empty : states.ToSnapshot();

    /// <summary>Writes a snapshot. Throws <see cref="IOException"/>.</summary>
    /// <param name="staysWithSegment">A segment begins at the offset: the file goes when the segment does.</param>
    public void Write(long offset, byte[] snapshot, bool staysWithSegment)
    {
        lock (_lock)
        {
            storage.ReplaceAll(PathOf(offset), snapshot, durable: false);
            NewestOffset = Math.Max(NewestOffset, offset);
            if (staysWithSegment)
            {
                return;
            }

            _floating.Enqueue(offset);
            while (_floating.Count > 2)
            {
                storage.DeleteFile(PathOf(_floating.Dequeue()));
            }
        }
    }

    /// <summary>Deletes the snapshot of a segment that is gone.</summary>
    public void DeleteAt(long offset) => storage.DeleteFile(PathOf(offset));

    private string PathOf(long offset) => LogNames.File(folder, offset, LogNames.SnapshotSuffix);
}

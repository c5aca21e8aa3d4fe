using System.Buffers.Binary;
using System.Text;
using Broker.Core.Metadata;
using Protocol.Wire.Records;

namespace Broker.Node.Storage;

/// <summary>
/// A partition's log on disk: segments in the order of their offsets, the last of which takes the appends. All that changes it happens
/// under the partition's gate; readers take the list of segments as one reference. A log that was never written has no folder.
/// </summary>
internal sealed class SegmentedLog
{
    private readonly IStorage _storage;
    private readonly OpenFiles _openFiles;
    private readonly string _parent;
    private readonly Guid _topicId;
    private volatile Segment[] _segments;
    private long _sizeBytes;
    private bool _folderExists;
    private bool _folderUnsynced;
    private bool _parentUnsynced;
    private bool _isUntrimmed;
    private List<Segment> _sealed = [];

    /// <summary>A new log: nothing is on disk before the first append.</summary>
    public SegmentedLog(IStorage storage, OpenFiles openFiles, string folder, Guid topicId, long nowMs)
        : this(storage, openFiles, folder, topicId, [new Segment(storage, openFiles, folder, 0, createdMs: nowMs)], isNew: true)
    {
    }

    /// <summary>A log of segments that were found, at least one.</summary>
    public SegmentedLog(IStorage storage, OpenFiles openFiles, string folder, Guid topicId, Segment[] segments)
        : this(storage, openFiles, folder, topicId, segments, isNew: false)
    {
    }

    private SegmentedLog(IStorage storage, OpenFiles openFiles, string folder, Guid topicId, Segment[] segments, bool isNew)
    {
        _storage = storage;
        _openFiles = openFiles;
        _parent = Path.GetDirectoryName(folder)!;
        _topicId = topicId;
        Folder = folder;
        _folderExists = !isNew;
        _segments = segments;
        foreach (var segment in _segments)
        {
            _sizeBytes += segment.SizeBytes;
        }
    }

    public string Folder { get; }

    /// <summary>All segments, oldest first; never empty.</summary>
    public Segment[] Segments => _segments;

    /// <summary>The segment that takes appends.</summary>
    public Segment Active => _segments[^1];

    /// <summary>Offset of the next record.</summary>
    public long NextOffset => Active.NextOffset;

    /// <summary>Bytes of all segments.</summary>
    public long SizeBytes => Volatile.Read(ref _sizeBytes);

    public LeaderEpochs Epochs { get; } = new();

    /// <summary>Something was written to the log: it has a folder.</summary>
    public bool HasFolder => _folderExists;

    /// <summary>Names changed since the last sync of the folders.</summary>
    public bool HasUnsyncedNames => _folderUnsynced | _parentUnsynced;

    /// <summary>The end as of now.</summary>
    public LogEnd End()
    {
        var active = Active;
        return new LogEnd(active.NextOffset, active, active.SizeBytes, active.MaxTimestamp, active.OffsetOfMaxTimestamp);
    }

    /// <summary>Whether a batch needs a new segment first, by size, age, a full index, or an offset too far from the base.</summary>
    /// <param name="pendingBytes">Bytes that are to be written before the batch.</param>
    /// <param name="maxTimestamp">The batch's largest timestamp: age is counted in the records' time, as in Kafka.</param>
    public bool NeedsRoll(int pendingBytes, int batchBytes, long lastOffset, long maxTimestamp, LogSettings settings, long nowMs)
    {
        var active = Active;
        var sizeBytes = (long)active.SizeBytes + pendingBytes;
        if (sizeBytes == 0)
        {
            return false;
        }

        // A batch without timestamps in a segment with them is of no age, and goes where the others are.
        var waitedMs = active.FirstTimestamp >= 0 ? maxTimestamp - active.FirstTimestamp : nowMs - active.CreatedMs;
        return sizeBytes > (long)settings.SegmentBytes - batchBytes || active.IsIndexFull(settings.SegmentIndexBytes) ||
            lastOffset - active.BaseOffset > int.MaxValue || waitedMs > settings.SegmentAge.TotalMilliseconds;
    }

    /// <summary>
    /// Appends whole batches, which follow each other and the log's end, to the active segment. Throws <see cref="IOException"/> with
    /// nothing appended.
    /// </summary>
    public void Append(ReadOnlySpan<byte> batches, LogSettings settings, long nowMs)
    {
        if (!_folderExists)
        {
            CreateFolder();
        }

        var active = Active;
        Trim(active);
        if (active.SizeBytes == 0)
        {
            _folderUnsynced = true;
        }

        try
        {
            active.Append(batches, settings);
            active.ModifiedMs = nowMs;
        }
        catch (IOException)
        {
            _isUntrimmed = true;
            Trim(active);
            throw;
        }

        Volatile.Write(ref _sizeBytes, _sizeBytes + batches.Length);
    }

    /// <summary>Closes the active segment and begins another at the log's end. The file is made at once: its name holds the log's end.</summary>
    public void Roll(LogSettings settings, long nowMs)
    {
        var active = Active;
        Trim(active);
        active.Seal(settings.IndexIntervalBytes);
        var next = NewSegment(active.NextOffset, nowMs);
        _segments = [.. _segments, next];
        _sealed.Add(active);
    }

    /// <summary>The segments that were closed since the last call and are still there: their indexes are not stored to the end.</summary>
    public Segment[] TakeSealed()
    {
        if (_sealed.Count == 0)
        {
            return [];
        }

        var taken = _sealed.Where(_segments.Contains).ToArray();
        _sealed = [];
        return taken;
    }

    /// <summary>Takes the oldest segments out, whose files are then to be retired. Readers that have begun go on reading.</summary>
    public Segment[] TakeOldest(int count)
    {
        var segments = _segments;
        var taken = segments[..count];
        _segments = segments[count..];
        foreach (var segment in taken)
        {
            _sizeBytes -= segment.SizeBytes;
        }

        _folderUnsynced = true;
        return taken;
    }

    /// <summary>Drops the segments after one whose end was cut. Only while the log is opened.</summary>
    public void DropAfter(int index)
    {
        foreach (var segment in _segments[(index + 1)..])
        {
            _sizeBytes -= segment.SizeBytes;
            segment.Retire();
            _storage.DeleteFile(segment.File.Path);
        }

        _segments = _segments[..(index + 1)];
        _storage.SyncDirectory(Folder);
    }

    /// <summary>A segment's size changed while the log was opened.</summary>
    public void Resized(int byBytes) => _sizeBytes += byBytes;

    /// <summary>Drops all segments and begins at another offset, with an empty file that says so. Returns the segments to retire.</summary>
    public Segment[] RestartAt(long offset, long nowMs)
    {
        if (!_folderExists)
        {
            CreateFolder();
        }

        var dropped = _segments;
        foreach (var segment in dropped)
        {
            segment.ReleaseWriter();
        }

        // The old names go first: a crash between leaves an empty log, which is filled again, and never a log with a hole.
        RetireAll(dropped);
        _storage.SyncDirectory(Folder);
        _segments = [NewSegment(offset, nowMs)];
        _sizeBytes = 0;
        Epochs.Clear();
        _storage.ReplaceAll(Path.Combine(Folder, LogNames.LeaderEpochs), Epochs.ToFile(), durable: false);
        SyncNames();
        return dropped;
    }

    /// <summary>Renames the files of segments that are in the list no more; the folder's sync is the caller's. Throws <see cref="IOException"/>.</summary>
    public void RetireAll(Segment[] segments)
    {
        foreach (var segment in segments)
        {
            if (segment.SizeBytes > 0 || segment.BaseOffset > 0)
            {
                segment.Retire();
            }
            else
            {
                // A log that was never written has no file, one whose first append failed has an empty one: left behind, it would be the log's end.
                _storage.DeleteFile(segment.File.Path);
            }
        }
    }

    /// <summary>Makes the names of folder and files durable. Throws <see cref="IOException"/>.</summary>
    public void SyncNames()
    {
        if (_parentUnsynced)
        {
            using (var metadata = _storage.Open(Path.Combine(Folder, LogNames.PartitionMetadata), create: false))
            {
                metadata.Sync();
            }

            _storage.SyncDirectory(_parent);
            _parentUnsynced = false;
        }

        if (_folderUnsynced)
        {
            _folderUnsynced = false;
            _storage.SyncDirectory(Folder);
        }
    }

    /// <summary>The same for names that were found and of which nobody knows whether they are durable. Throws <see cref="IOException"/>.</summary>
    public void SyncFoundNames()
    {
        _parentUnsynced = _folderUnsynced = true;
        SyncNames();
    }

    /// <summary>The content of partition.metadata for a topic.</summary>
    public static byte[] PartitionMetadata(Guid topicId) => Encoding.ASCII.GetBytes($"version: 0\ntopic_id: {ToText(topicId)}");

    /// <summary>Whether a partition.metadata file names the topic.</summary>
    public static bool IsOf(byte[]? metadata, Guid topicId) =>
        metadata is not null && Encoding.ASCII.GetString(metadata).Trim() == Encoding.ASCII.GetString(PartitionMetadata(topicId));

    /// <summary>A topic id as Kafka writes it: base64 for URLs, without padding.</summary>
    private static string ToText(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return System.Buffers.Text.Base64Url.EncodeToString(bytes);
    }

    /// <summary>Cuts what a failed append left in the file. Until that succeeds nothing is appended, so that no closed segment ends in rubbish.</summary>
    private void Trim(Segment active)
    {
        if (_isUntrimmed)
        {
            active.DropUnwritten();
            _isUntrimmed = false;
        }
    }

    private Segment NewSegment(long baseOffset, long nowMs)
    {
        var segment = new Segment(_storage, _openFiles, Folder, baseOffset, createdMs: nowMs);
        segment.File.Hold(create: true).Dispose();
        _folderUnsynced = true;
        return segment;
    }

    private void CreateFolder()
    {
        // Nobody may begin in the files of another log: they would come up as this one's after a restart.
        if (_storage.ListFiles(Folder).Any(static file => file.LengthBytes > 0 && file.Name.EndsWith(LogNames.LogSuffix, StringComparison.Ordinal)))
        {
            throw new IOException($"{Folder} holds records of another log");
        }

        _storage.CreateDirectory(Folder);
        using (var metadata = _storage.Open(Path.Combine(Folder, LogNames.PartitionMetadata), create: true))
        {
            metadata.Write(PartitionMetadata(_topicId), 0);
        }

        _folderExists = true;
        _folderUnsynced = true;
        _parentUnsynced = true;
    }
}

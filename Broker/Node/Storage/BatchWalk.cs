using System.Buffers;
using Protocol.Wire.Records;

namespace Broker.Node.Storage;

/// <summary>
/// Walks the batches of a segment's file from a position on, reading ahead into a rented buffer. It believes a header only as far as the
/// walk needs: magic, a possible length, an offset that does not fall. Disposed by its owner.
/// </summary>
internal ref struct BatchWalk
{
    /// <summary>Enough to step from an index entry to any batch near it in one read.</summary>
    public const int LookupBufferBytes = 8 * 1024;

    /// <summary>For walks through whole segments.</summary>
    public const int ScanBufferBytes = 1024 * 1024;

    private readonly IStorageFile _file;
    private readonly long _end;
    private readonly int _bufferBytes;
    private byte[] _buffer;
    private long _bufferAt;
    private int _buffered;
    private long _next;
    private long _expectedOffset;

    /// <param name="position">Where a batch begins.</param>
    /// <param name="end">Where the walk ends; a batch that goes beyond makes it broken.</param>
    /// <param name="expectedOffset">The first batch's offset is at least this.</param>
    public BatchWalk(IStorageFile file, long position, long end, long expectedOffset, int bufferBytes)
    {
        _file = file;
        _next = position;
        _end = end;
        _expectedOffset = expectedOffset;
        _bufferBytes = (int)Math.Min(bufferBytes, Math.Max(RecordBatchHeader.SizeBytes, end - position));
        _buffer = ArrayPool<byte>.Shared.Rent(_bufferBytes);
    }

    /// <summary>Where the current batch begins; after the walk, where it ended.</summary>
    public long Position { get; private set; }

    /// <summary>The current batch in bytes.</summary>
    public int SizeBytes { get; private set; }

    /// <summary>Where the next batch begins.</summary>
    public readonly long NextPosition => _next;

    /// <summary>The walk ended before bytes that begin no batch.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>The current header. Valid until the next move.</summary>
    public readonly RecordBatchHeader Header => new(_buffer.AsSpan((int)(Position - _bufferAt), RecordBatchHeader.SizeBytes));

    /// <summary>Goes on to the next batch; false at the end or before what is no batch.</summary>
    public bool MoveNext()
    {
        Position = _next;
        if (_next >= _end)
        {
            return false;
        }

        if (_end - _next < RecordBatchHeader.SizeBytes || !Ensure(RecordBatchHeader.SizeBytes))
        {
            IsBroken = true;
            return false;
        }

        var header = Header;
        if (header.Magic != RecordBatchHeader.CurrentMagic || header.BatchLengthBytes < RecordBatchHeader.SizeBytes ||
            header.BatchLengthBytes > _end - _next || header.BaseOffset < _expectedOffset || header.LastOffsetDelta < 0)
        {
            IsBroken = true;
            return false;
        }

        SizeBytes = (int)header.BatchLengthBytes;
        _expectedOffset = header.NextOffset;
        _next += SizeBytes;
        return true;
    }

    /// <summary>Back to the current batch, so that the next move goes to it again. What was read stays in memory.</summary>
    public void StepBack()
    {
        _next = Position;
        _expectedOffset = 0;
    }

    /// <summary>The current batch whole. Throws <see cref="EndOfStreamException"/> when the file is shorter than it was said to be.</summary>
    public ReadOnlySpan<byte> ReadBatch()
    {
        if (!Ensure(SizeBytes))
        {
            throw new EndOfStreamException($"the file ends within the batch at {Position}");
        }

        return _buffer.AsSpan((int)(Position - _bufferAt), SizeBytes);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private bool Ensure(int bytes)
    {
        if (Position >= _bufferAt && Position + bytes <= _bufferAt + _buffered)
        {
            return true;
        }

        if (bytes > _buffer.Length)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(bytes);
        }

        _bufferAt = Position;
        var wanted = (int)Math.Min(Math.Max(bytes, _bufferBytes), _end - Position);
        _buffered = _file.Read(_buffer.AsSpan(0, wanted), Position);
        return _buffered >= bytes;
    }
}

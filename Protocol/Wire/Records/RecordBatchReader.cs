namespace Protocol.Wire.Records;

/// <summary>
/// Walks the whole batches that stand one after the other in a buffer, by their length fields alone: nothing is checked or decompressed.
/// Stops before a batch that is cut or whose length is impossible; <see cref="PositionBytes"/> then says where.
/// </summary>
public ref struct RecordBatchReader(ReadOnlySpan<byte> buffer)
{
    private readonly ReadOnlySpan<byte> _buffer = buffer;
    private int _next;

    /// <summary>Where the current batch begins in the buffer; after the end, where the first bytes begin that make no whole batch.</summary>
    public int PositionBytes { get; private set; }

    /// <summary>The current batch, whole.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>The current batch's header.</summary>
    public readonly RecordBatchHeader Header => new(Current);

    /// <summary>Where the next batch is expected.</summary>
    public readonly int NextPositionBytes => _next;

    /// <summary>The walk ended before a length that no batch has, rather than at the end or at a cut batch.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Goes on to the next whole batch; false when there is none.</summary>
    public bool MoveNext()
    {
        PositionBytes = _next;
        var rest = _buffer[_next..];
        var length = RecordBatch.WholeLengthBytes(rest);
        if (length <= 0)
        {
            IsMalformed = length < 0;
            Current = default;
            return false;
        }

        Current = rest[..length];
        _next += length;
        return true;
    }
}

using Protocol.Wire.Records;

namespace Federation.Mirror.Source;

/// <summary>Cuts a run of whole batches into messages of the link: at batches where it can, within one only when it alone is too long.</summary>
internal static class PushSplit
{
    /// <summary>What one message carries at most, well below <see cref="Kernel.Limits.MaxLinkMessageBytes"/>: a long message holds up the ones behind it.</summary>
    public const int MaxPieceBytes = 1024 * 1024;

    /// <summary>One message's part.</summary>
    /// <param name="Continues">The next piece goes on within the batch.</param>
    /// <param name="NextOffset">Offset after the piece's last batch; unchanged from the piece before where no batch ends.</param>
    public readonly record struct Piece(ReadOnlyMemory<byte> Bytes, bool Continues, long NextOffset);

    /// <summary>The pieces, in order.</summary>
    /// <param name="fromOffset">What the <see cref="Piece.NextOffset"/> before the first batch is.</param>
    public static IEnumerable<Piece> Cut(ReadOnlyMemory<byte> batches, long fromOffset)
    {
        var next = fromOffset;
        while (!batches.IsEmpty)
        {
            var (length, nextOffset) = WholeBatches(batches.Span, next);
            if (length > 0)
            {
                next = nextOffset;
                yield return new(batches[..length], Continues: false, next);
                batches = batches[length..];
                continue;
            }

            var whole = RecordBatch.WholeLengthBytes(batches.Span);
            nextOffset = new RecordBatchHeader(batches.Span).NextOffset;
            for (var done = 0; done < whole;)
            {
                var piece = Math.Min(MaxPieceBytes, whole - done);
                var isLast = done + piece == whole;
                next = isLast ? nextOffset : next;
                yield return new(batches.Slice(done, piece), !isLast, next);
                done += piece;
            }

            batches = batches[whole..];
        }
    }

    private static (int Length, long NextOffset) WholeBatches(ReadOnlySpan<byte> batches, long next)
    {
        if (batches.Length <= MaxPieceBytes)
        {
            var all = Core.Mirroring.BatchRange.Read(batches);
            return (batches.Length, all.NextOffset);
        }

        var length = 0;
        var reader = new RecordBatchReader(batches);
        while (reader.MoveNext() && reader.NextPositionBytes <= MaxPieceBytes)
        {
            length = reader.NextPositionBytes;
            next = reader.Header.NextOffset;
        }

        return (length, next);
    }
}

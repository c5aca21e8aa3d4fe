using System.Buffers;
using System.IO.Compression;

namespace Protocol.Wire.Records.Compression;

/// <summary>gzip (RFC 1952): one member after another, as Java reads it. What follows the last one and begins none is ignored, as there.</summary>
internal static class GzipCodec
{
    private const int ChunkBytes = 16 * 1024;

    // Header of ten bytes, an empty deflate block of two, trailer of eight.
    private const int SmallestBytes = 20;

    public static DecompressResult Decompress(ReadOnlySpan<byte> packed, PooledBuffer into)
    {
        if (packed.Length < SmallestBytes)
        {
            return packed.Length >= 2 && (packed[0] != 0x1F || packed[1] != 0x8B) ? DecompressResult.Corrupt : DecompressResult.Cut;
        }

        var copy = ArrayPool<byte>.Shared.Rent(packed.Length);
        packed.CopyTo(copy);
        var input = new MarkedInput(copy, packed.Length);
        try
        {
            using var unpacking = new GZipStream(input, CompressionMode.Decompress);
            while (true)
            {
                // One byte beyond the limit is asked for, to tell a batch that just fits from one that does not.
                if (!into.TryReserve(Math.Min(ChunkBytes, into.LeftBytes), out var span) || span.IsEmpty)
                {
                    if (unpacking.ReadByte() >= 0)
                    {
                        return DecompressResult.TooLarge;
                    }

                    break;
                }

                var read = unpacking.Read(span);
                if (read == 0)
                {
                    break;
                }

                into.Advance(read);
            }
        }
        catch (InvalidDataException)
        {
            return input.IsMarkTaken ? DecompressResult.Cut : DecompressResult.Corrupt;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }

        return input.WasMoreWanted ? DecompressResult.Cut : DecompressResult.Done;
    }

    public static void Compress(ReadOnlySpan<byte> plain, PooledBuffer into)
    {
        using var packed = new MemoryStream(Math.Max(ChunkBytes, plain.Length / 4));
        using (var packing = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            packing.Write(plain);
        }

        var bytes = packed.GetBuffer().AsSpan(0, (int)packed.Length);
        bytes.CopyTo(RecordCodec.Reserve(into, bytes.Length));
        into.Advance(bytes.Length);
    }

    /// <summary>
    /// The packed bytes, and behind them a mark that begins no member and continues none: 0xFF is no block type and no length that fits. GZipStream ends
    /// quietly where its input ends, be that inside a member; at a member's end it stops at the mark, inside one it fails there or wants still more.
    /// </summary>
    private sealed class MarkedInput(byte[] packed, int length) : Stream
    {
        /// <summary>A whole trailer, so that a missing one is found wrong at once.</summary>
        private const int MarkBytes = 8;

        private int _position;

        /// <summary>Whether the mark has been read, which says nothing yet: it is read at the end of the last member, too.</summary>
        public bool IsMarkTaken { get; private set; }

        /// <summary>Whether the mark was not the end.</summary>
        public bool WasMoreWanted { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            var left = packed.AsSpan(_position, length - _position);
            if (left.IsEmpty)
            {
                return Mark(buffer);
            }

            var count = Math.Min(left.Length, buffer.Length);
            left[..count].CopyTo(buffer);
            _position += count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private int Mark(Span<byte> buffer)
        {
            WasMoreWanted |= IsMarkTaken;
            if (IsMarkTaken)
            {
                return 0;
            }

            IsMarkTaken = true;
            var mark = buffer[..Math.Min(MarkBytes, buffer.Length)];
            mark.Fill(0xFF);
            return mark.Length;
        }
    }
}

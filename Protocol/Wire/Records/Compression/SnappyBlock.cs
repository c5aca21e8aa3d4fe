namespace Protocol.Wire.Records.Compression;

/// <summary>
/// Walks the elements of a raw Snappy block without unpacking it. The library cuts a literal that is longer than what the preamble
/// announces, and takes the preamble's word for how much to allocate; Kafka's refuses both, so a block is walked first.
/// </summary>
internal static class SnappyBlock
{
    private const int MaxPreambleBytes = 5;

    /// <summary>Finds how long the unpacked bytes are. False unless the elements give exactly what the preamble says and copy only what is there.</summary>
    public static bool TryMeasure(ReadOnlySpan<byte> block, out int length)
    {
        length = 0;
        if (!TryReadPreamble(block, out var announced, out var at))
        {
            return false;
        }

        long given = 0;
        while (at < block.Length)
        {
            var tag = block[at++];
            var kind = tag & 3;
            var extra = kind == 0 ? Math.Max(0, (tag >> 2) - 59) : kind == 3 ? 4 : kind;
            if (extra > block.Length - at)
            {
                return false;
            }

            var number = LittleEndian(block.Slice(at, extra));
            at += extra;
            if (kind == 0)
            {
                var literal = 1L + (extra == 0 ? (uint)(tag >> 2) : number);
                if (literal > block.Length - at)
                {
                    return false;
                }

                at += (int)literal;
                given += literal;
                continue;
            }

            var offset = kind == 1 ? number | (uint)((tag >> 5) << 8) : number;
            if (offset == 0 || offset > given)
            {
                return false;
            }

            given += kind == 1 ? 4 + ((tag >> 2) & 7) : 1 + (tag >> 2);
        }

        length = (int)announced;
        return given == announced && announced <= int.MaxValue;
    }

    private static bool TryReadPreamble(ReadOnlySpan<byte> block, out long announced, out int at)
    {
        announced = 0;
        for (at = 0; at < Math.Min(block.Length, MaxPreambleBytes);)
        {
            var b = block[at];
            announced |= (long)(b & 0x7F) << (7 * at++);
            if (b < 0x80)
            {
                return true;
            }
        }

        return false;
    }

    private static uint LittleEndian(ReadOnlySpan<byte> bytes)
    {
        uint number = 0;
        for (var i = bytes.Length - 1; i >= 0; i--)
        {
            number = (number << 8) | bytes[i];
        }

        return number;
    }
}

namespace Protocol.Wire.Records;

/// <summary>
/// Where the parts of one record lie in the uncompressed records of its batch. The only reader of a record's structure: checks, readers and
/// rewriters all go through it. Lengths below zero are nulls.
/// </summary>
internal struct RecordFields
{
    /// <summary>Attributes, timestamp and offset delta, two null lengths and a header count, one byte each, behind a length of one byte.</summary>
    public const int MinRecordBytes = 7;

    /// <summary>Milliseconds after the base timestamp.</summary>
    public long TimestampDelta;
    public int OffsetDelta;
    public int KeyAt;
    public int KeyLength;
    public int ValueAt;
    public int ValueLength;
    public int HeaderCount;
    public int HeadersAt;

    /// <summary>Where the next record begins.</summary>
    public int End;

    /// <summary>
    /// Reads the record at the position: every length is walked, no byte of keys, values and header values is looked at. False when the
    /// record is cut or its lengths do not fill it exactly.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> records, int position, out RecordFields record)
    {
        record = default;
        if (!VarInt.TryRead(records, ref position, out var size) || size < MinRecordBytes - 1 || size > records.Length - position)
        {
            return false;
        }

        var end = position + size;
        var body = records[..end];

        // One byte of record attributes, of which none is in use.
        position++;
        if (!VarInt.TryReadLong(body, ref position, out record.TimestampDelta)
            || !VarInt.TryRead(body, ref position, out record.OffsetDelta)
            || !TrySkipNullable(body, ref position, out record.KeyAt, out record.KeyLength)
            || !TrySkipNullable(body, ref position, out record.ValueAt, out record.ValueLength)
            || !VarInt.TryRead(body, ref position, out record.HeaderCount))
        {
            return false;
        }

        record.HeadersAt = position;
        record.End = end;
        return record.HeaderCount == 0 ? position == end : TrySkipHeaders(body, position, record.HeaderCount);
    }

    /// <summary>Reads a length and skips as many bytes; a negative length is null and skips none.</summary>
    internal static bool TrySkipNullable(ReadOnlySpan<byte> body, ref int position, out int at, out int length)
    {
        if (!VarInt.TryRead(body, ref position, out length) || length > body.Length - position)
        {
            at = 0;
            return false;
        }

        at = position;
        position += Math.Max(0, length);
        return true;
    }

    private static bool TrySkipHeaders(ReadOnlySpan<byte> body, int position, int count)
    {
        // A header takes two bytes at least, so a lying count ends the loop at the record's end, not later.
        if (count < 0 || count > body.Length - position)
        {
            return false;
        }

        for (var i = 0; i < count; i++)
        {
            if (!TrySkipNullable(body, ref position, out _, out var keyLength) || keyLength < 0 || !TrySkipNullable(body, ref position, out _, out _))
            {
                return false;
            }
        }

        return position == body.Length;
    }
}

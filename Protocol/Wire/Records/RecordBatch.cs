using System.Buffers.Binary;
using Kernel;

namespace Protocol.Wire.Records;

/// <summary>What is done to whole batches in place. All methods want a batch that begins at the span's first byte.</summary>
public static class RecordBatch
{
    /// <summary>Writes where the batch stands in the log: the two header fields outside the checksum.</summary>
    /// <param name="batch">At least the header, writable.</param>
    /// <param name="baseOffset">Offset of its first record, 0 or above.</param>
    /// <param name="leaderEpoch">Epoch of the leader that appends it.</param>
    public static void PatchOffsets(Span<byte> batch, long baseOffset, int leaderEpoch)
    {
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchHeader.PartitionLeaderEpochAt..], leaderEpoch);
        BinaryPrimitives.WriteInt64BigEndian(batch, baseOffset);
    }

    /// <summary>
    /// Length of the batch at the start of the bytes, 12 + its length field; 0 when it is not all there, -1 when the field says less than a
    /// header. The batch is not looked into.
    /// </summary>
    public static int WholeLengthBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < RecordBatchHeader.LengthOverheadBytes)
        {
            return 0;
        }

        var length = RecordBatchHeader.LengthOverheadBytes + (long)BinaryPrimitives.ReadInt32BigEndian(bytes[RecordBatchHeader.LengthAt..]);
        return length < RecordBatchHeader.SizeBytes ? -1 : length > bytes.Length ? 0 : (int)length;
    }

    /// <summary>The checksum that a batch of exactly these bytes must carry.</summary>
    public static uint ComputeCrc(ReadOnlySpan<byte> batch) => Crc32C.Compute(batch[RecordBatchHeader.AttributesAt..]);

    /// <summary>Whether the batch of exactly these bytes carries its checksum.</summary>
    public static bool HasValidCrc(ReadOnlySpan<byte> batch) => ComputeCrc(batch) == new RecordBatchHeader(batch).Crc;

    /// <summary>Writes the checksum of exactly these bytes, after a change to anything from the attributes on.</summary>
    public static void WriteCrc(Span<byte> batch) => BinaryPrimitives.WriteUInt32BigEndian(batch[RecordBatchHeader.CrcAt..], ComputeCrc(batch));
}

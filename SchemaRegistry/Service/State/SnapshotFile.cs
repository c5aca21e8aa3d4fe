using System.Buffers.Binary;
using Hosting.Durability;
using Kernel;
using SchemaRegistry.Core.Subjects.Records;

namespace SchemaRegistry.Service.State;

/// <summary>A registry's state at an offset of its log.</summary>
/// <param name="Identity">Of the log.</param>
/// <param name="Next">The first offset that is not in it.</param>
/// <param name="Overwritten">Records whose keys still have to be written again.</param>
/// <param name="OtherKeys">Keys in other layouts than the registry's own, whose records the log holds.</param>
public sealed record Snapshot(
    Guid Identity, long Next, IReadOnlyList<RegistryRecord> Records, IReadOnlyList<RegistryRecord> Overwritten, IReadOnlyList<byte[]> OtherKeys);

/// <summary>
/// Keeps one snapshot in a file, so that starting does not replay the log. A file that cannot be read is as good as none: the log has it all.
/// Layout, big-endian: magic, log identity, next offset, three counts, then records (timestamp, key and value with their lengths, -1 for
/// null), keys in other layouts (with their lengths), CRC-32C.
/// </summary>
public sealed class SnapshotFile(string path)
{
    private const uint Magic = 0x46535232;
    private const int HeaderBytes = 4 + 16 + 8 + 4 + 4 + 4;

    /// <summary>Replaces the file. Throws <see cref="IOException"/> and <see cref="UnauthorizedAccessException"/>.</summary>
    public void Write(Snapshot snapshot)
    {
        using var content = new MemoryStream();
        Span<byte> header = stackalloc byte[HeaderBytes];
        BinaryPrimitives.WriteUInt32BigEndian(header, Magic);
        snapshot.Identity.TryWriteBytes(header[4..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(header[20..], snapshot.Next);
        BinaryPrimitives.WriteInt32BigEndian(header[28..], snapshot.Records.Count);
        BinaryPrimitives.WriteInt32BigEndian(header[32..], snapshot.Overwritten.Count);
        BinaryPrimitives.WriteInt32BigEndian(header[36..], snapshot.OtherKeys.Count);
        content.Write(header);
        foreach (var record in snapshot.Records.Concat(snapshot.Overwritten))
        {
            WriteRecord(content, record);
        }

        foreach (var key in snapshot.OtherKeys)
        {
            WriteBytes(content, key);
        }

        Span<byte> crc = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(crc, Crc32C.Compute(content.GetBuffer().AsSpan(0, (int)content.Length)));
        content.Write(crc);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        Disk.ReplaceFile(path, content.GetBuffer().AsSpan(0, (int)content.Length));
    }

    /// <summary>
    /// Removes the file, for good also in a power cut. Throws <see cref="IOException"/> and <see cref="UnauthorizedAccessException"/>.
    /// </summary>
    public void Delete()
    {
        if (File.Exists(path))
        {
            File.Delete(path);
            Disk.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        }
    }

    /// <summary>The snapshot of this log; null when there is none that can be used.</summary>
    public Snapshot? Read(Guid identity)
    {
        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        if (content.Length < HeaderBytes + sizeof(uint)
            || BinaryPrimitives.ReadUInt32BigEndian(content) != Magic
            || BinaryPrimitives.ReadUInt32BigEndian(content.AsSpan(content.Length - sizeof(uint))) != Crc32C.Compute(content.AsSpan(..^sizeof(uint)))
            || new Guid(content.AsSpan(4, 16), bigEndian: true) != identity)
        {
            return null;
        }

        // The checksum holds, so the lengths are those that were written.
        var position = HeaderBytes;
        var records = ReadRecords(content, ref position, BinaryPrimitives.ReadInt32BigEndian(content.AsSpan(28)));
        var overwritten = ReadRecords(content, ref position, BinaryPrimitives.ReadInt32BigEndian(content.AsSpan(32)));
        var otherKeys = new byte[BinaryPrimitives.ReadInt32BigEndian(content.AsSpan(36))][];
        for (var i = 0; i < otherKeys.Length; i++)
        {
            otherKeys[i] = ReadBytes(content, ref position) ?? [];
        }

        return new Snapshot(identity, BinaryPrimitives.ReadInt64BigEndian(content.AsSpan(20)), records, overwritten, otherKeys);
    }

    private static void WriteRecord(MemoryStream content, RegistryRecord record)
    {
        Span<byte> number = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(number, record is SchemaRecord { Schema: { } schema } ? schema.TimestampMs : 0);
        content.Write(number);
        WriteBytes(content, RecordCodec.EncodeKey(record));
        WriteBytes(content, RecordCodec.EncodeValue(record));
    }

    private static void WriteBytes(MemoryStream content, byte[]? bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes?.Length ?? -1);
        content.Write(length);
        content.Write(bytes);
    }

    private static List<RegistryRecord> ReadRecords(byte[] content, ref int position, int count)
    {
        var records = new List<RegistryRecord>(count);
        for (var i = 0; i < count; i++)
        {
            var timestamp = BinaryPrimitives.ReadInt64BigEndian(content.AsSpan(position));
            position += sizeof(long);
            var key = ReadBytes(content, ref position) ?? [];
            var value = ReadBytes(content, ref position);
            if (RecordCodec.Decode(key, value is null ? default(ReadOnlyMemory<byte>?) : value, timestamp) is { } record)
            {
                records.Add(record);
            }
        }

        return records;
    }

    private static byte[]? ReadBytes(byte[] content, ref int position)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(content.AsSpan(position));
        position += sizeof(int);
        if (length < 0)
        {
            return null;
        }

        var bytes = content.AsSpan(position, length).ToArray();
        position += length;
        return bytes;
    }
}

using System.Buffers;
using System.Buffers.Binary;
using Kernel;

namespace Broker.Core.Metadata;

/// <summary>The metadata log cannot be read. The message is for people, and names no file.</summary>
public sealed class MetadataLogException(string message) : Exception(message);

/// <summary>
/// The metadata log as bytes. A file is a header, a snapshot and what came after it. Snapshot and rest are entries, each with the records of
/// one command, under one checksum, so that a command is there altogether or not at all:
/// <code>
/// header  magic(8) format(4) version(8) snapshotBytes(8) crc(4)     version: that of the image that the snapshot holds
/// entry   length(4) crc(4) firstVersion(8) count(LEB128) records    crc: of length and what follows it, length: of what follows crc
/// </code>
/// All numbers are little-endian. Within the snapshot firstVersion counts from 0.
/// </summary>
public static class MetadataLogFormat
{
    /// <summary>Bytes of the header.</summary>
    public const int HeaderBytes = 32;

    private const int EntryHeadBytes = 8;
    private const int MinEntryBytes = EntryHeadBytes + 9;
    private const uint FormatVersion = 1;
    private const int RecordsPerSnapshotEntry = 1000;

    private static ReadOnlySpan<byte> Magic => "FEDMETA\n"u8;

    /// <summary>A whole new file that holds the image.</summary>
    public static byte[] NewFile(ClusterImage image)
    {
        var entries = new ArrayBufferWriter<byte>(4096);
        var version = 0L;
        foreach (var chunk in ClusterLedger.SnapshotOf(image).Chunk(RecordsPerSnapshotEntry))
        {
            WriteEntry(entries, version, chunk);
            version += chunk.Length;
        }

        var file = new byte[HeaderBytes + entries.WrittenCount];
        Magic.CopyTo(file);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(8), FormatVersion);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(12), image.Version);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(20), entries.WrittenCount);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(28), Crc32C.Compute(file.AsSpan(0, 28)));
        entries.WrittenSpan.CopyTo(file.AsSpan(HeaderBytes));
        return file;
    }

    /// <summary>Appends the records of one command.</summary>
    /// <param name="firstVersion">Version of the image before the first record.</param>
    public static void WriteEntry(ArrayBufferWriter<byte> to, long firstVersion, IReadOnlyCollection<ClusterRecord> records)
    {
        var body = new ArrayBufferWriter<byte>(256);
        BinaryPrimitives.WriteInt64LittleEndian(body.GetSpan(8), firstVersion);
        body.Advance(8);
        ClusterRecordCodec.WriteNumber(body, (ulong)records.Count);
        foreach (var record in records)
        {
            ClusterRecordCodec.Write(body, record);
        }

        Ensure.That(body.WrittenCount <= Limits.MaxMetadataEntryBytes, "a command's records fit into an entry");
        var span = to.GetSpan(EntryHeadBytes + body.WrittenCount);
        BinaryPrimitives.WriteInt32LittleEndian(span, body.WrittenCount);
        body.WrittenSpan.CopyTo(span[EntryHeadBytes..]);
        BinaryPrimitives.WriteUInt32LittleEndian(span[4..], ChecksumOf(span[..(EntryHeadBytes + body.WrittenCount)]));
        to.Advance(EntryHeadBytes + body.WrittenCount);
    }

    /// <summary>
    /// Reads a file into a ledger. What a power cut left half-written at the end is passed over, for it was never acknowledged; damage before
    /// that throws <see cref="MetadataLogException"/>, since what follows it was.
    /// </summary>
    /// <returns>How many bytes are good: the file is to be cut there.</returns>
    public static int Replay(ReadOnlySpan<byte> file, ClusterLedger ledger)
    {
        var (version, snapshotBytes) = ReadHeader(file);
        var at = HeaderBytes;
        var snapshot = new List<ClusterRecord>();
        while (at < HeaderBytes + snapshotBytes)
        {
            if (!TryReadEntry(file[at..(int)(HeaderBytes + snapshotBytes)], snapshot.Count, snapshot, out var length))
            {
                throw new MetadataLogException($"the snapshot is damaged at byte {at}");
            }

            at += length;
        }

        ledger.Restore(snapshot, version);
        var records = new List<ClusterRecord>();
        while (at < file.Length)
        {
            records.Clear();
            if (!TryReadEntry(file[at..], ledger.Image.Version, records, out var length))
            {
                if (FindLaterEntry(file, at + 1, ledger.Image.Version) is { } later)
                {
                    throw new MetadataLogException($"damaged at byte {at}, with whole entries behind it (at byte {later})");
                }

                return at;
            }

            records.ForEach(ledger.Apply);
            at += length;
        }

        return at;
    }

    private static (long Version, long SnapshotBytes) ReadHeader(ReadOnlySpan<byte> file)
    {
        if (file.Length < HeaderBytes || !file[..8].SequenceEqual(Magic))
        {
            throw new MetadataLogException("not a metadata log");
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(file[28..]) != Crc32C.Compute(file[..28]))
        {
            throw new MetadataLogException("the header is damaged");
        }

        var format = BinaryPrimitives.ReadUInt32LittleEndian(file[8..]);
        if (format != FormatVersion)
        {
            throw new MetadataLogException($"format {format} is not known to this version of the broker, which writes {FormatVersion}");
        }

        var version = BinaryPrimitives.ReadInt64LittleEndian(file[12..]);
        var snapshotBytes = BinaryPrimitives.ReadInt64LittleEndian(file[20..]);
        return version >= 0 && snapshotBytes >= 0 && snapshotBytes <= file.Length - HeaderBytes
            ? (version, snapshotBytes)
            : throw new MetadataLogException($"the snapshot has {snapshotBytes} bytes, the file {file.Length}");
    }

    /// <summary>Reads the entry at the beginning of the bytes. False when there is no whole one, or not the one expected.</summary>
    private static bool TryReadEntry(ReadOnlySpan<byte> bytes, long expectedVersion, List<ClusterRecord> records, out int length)
    {
        if (!TryFindEntry(bytes, out length) || BinaryPrimitives.ReadInt64LittleEndian(bytes[EntryHeadBytes..]) != expectedVersion)
        {
            return false;
        }

        var body = bytes[(EntryHeadBytes + 8)..length];
        for (var left = ClusterRecordCodec.ReadInt32(ref body); left > 0; left--)
        {
            records.Add(ClusterRecordCodec.Read(ref body));
        }

        return body.IsEmpty ? true : throw new MetadataLogException($"an entry has {body.Length} bytes too many");
    }

    private static bool TryFindEntry(ReadOnlySpan<byte> bytes, out int length)
    {
        length = 0;
        if (bytes.Length < MinEntryBytes)
        {
            return false;
        }

        var bodyBytes = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        if (bodyBytes is < MinEntryBytes - EntryHeadBytes or > Limits.MaxMetadataEntryBytes || bodyBytes > bytes.Length - EntryHeadBytes)
        {
            return false;
        }

        length = EntryHeadBytes + bodyBytes;
        return BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) == ChecksumOf(bytes[..length]);
    }

    /// <summary>A whole entry of a later version somewhere behind: then what cannot be read is damage, not an unfinished write.</summary>
    private static int? FindLaterEntry(ReadOnlySpan<byte> file, int from, long version)
    {
        for (var at = from; at <= file.Length - MinEntryBytes; at++)
        {
            // Every entry after has a slightly higher version, which rules out nearly all positions before a checksum is computed.
            var candidate = BinaryPrimitives.ReadInt64LittleEndian(file[(at + EntryHeadBytes)..]);
            if (candidate > version && candidate - version <= file.Length && TryFindEntry(file[at..], out _))
            {
                return at;
            }
        }

        return null;
    }

    private static uint ChecksumOf(ReadOnlySpan<byte> entry)
        => ~Crc32C.Update(Crc32C.Update(uint.MaxValue, entry[..4]), entry[EntryHeadBytes..]);
}

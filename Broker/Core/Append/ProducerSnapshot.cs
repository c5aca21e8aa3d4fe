using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Kernel;

namespace Broker.Core.Append;

/// <summary>
/// The layout of a <c>.snapshot</c> file: Kafka's version 1, which has the last batch of each producer, and behind it a part of our own
/// with all five, so that a retry is recognised over a clean restart too. Kafka's tools read the file and leave that part alone; a file
/// of Kafka's, which lacks it, is read as well.
/// </summary>
internal static class ProducerSnapshot
{
    private const short Version = 1;
    private const int CrcAt = 2;
    private const int CrcCoversFrom = 6;
    private const int CountBytes = 4;
    private const int EntryBytes = 8 + 2 + 4 + 8 + 4 + 8 + 4 + 8;

    // "hist" in ASCII, then the version of our part.
    private const int HistoryMagic = 0x68697374;
    private const short HistoryVersion = 1;
    private const int HistoryHeaderBytes = 4 + 2;
    private const int HistoryEntryBytes = 8 + 8 + 1;
    private const int HistoryBatchBytes = 4 + 8 + 4 + 8;

    public static byte[] Write(IReadOnlyCollection<ProducerEntry> entries)
    {
        // By producer id, so that the same producers give the same file.
        var sorted = entries.OrderBy(entry => entry.ProducerId).ToArray();
        var size = CrcCoversFrom + CountBytes + HistoryHeaderBytes
            + sorted.Sum(entry => EntryBytes + HistoryEntryBytes + (HistoryBatchBytes * entry.BatchCount));
        var bytes = new byte[size];
        var writer = new Cursor(bytes);
        writer.Write(Version);
        writer.Write(0);
        writer.Write(sorted.Length);
        foreach (var entry in sorted)
        {
            var last = entry.BatchCount == 0 ? new RememberedBatch(-1, -1, 0, -1) : entry.Batch(entry.BatchCount - 1);
            writer.Write(entry.ProducerId);
            writer.Write(entry.Epoch);
            writer.Write(last.LastSequence);
            writer.Write(last.LastOffset);
            writer.Write(last.OffsetDelta);
            writer.Write(entry.LastTimestamp);
            writer.Write(entry.CoordinatorEpoch);
            writer.Write(entry.OpenTransactionOffset);
        }

        writer.Write(HistoryMagic);
        writer.Write(HistoryVersion);
        foreach (var entry in sorted)
        {
            writer.Write(entry.LastSeenMs);
            writer.Write(entry.MarkerOffset);
            writer.Write((byte)entry.BatchCount);
            for (var i = 0; i < entry.BatchCount; i++)
            {
                ref readonly var batch = ref entry.Batch(i);
                writer.Write(batch.LastSequence);
                writer.Write(batch.LastOffset);
                writer.Write(batch.OffsetDelta);
                writer.Write(batch.MaxTimestamp);
            }
        }

        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(CrcAt), Crc32C.Compute(bytes.AsSpan(CrcCoversFrom)));
        return bytes;
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, long endOffset, long nowMs, [NotNullWhen(true)] out List<ProducerEntry>? entries)
    {
        entries = null;
        if (bytes.Length < CrcCoversFrom + CountBytes
            || BinaryPrimitives.ReadInt16BigEndian(bytes) != Version
            || BinaryPrimitives.ReadUInt32BigEndian(bytes[CrcAt..]) != Crc32C.Compute(bytes[CrcCoversFrom..]))
        {
            return false;
        }

        var count = BinaryPrimitives.ReadInt32BigEndian(bytes[CrcCoversFrom..]);
        var rest = bytes[(CrcCoversFrom + CountBytes)..];
        if (count < 0 || count > rest.Length / EntryBytes)
        {
            return false;
        }

        var history = rest[(count * EntryBytes)..];
        var hasHistory = history.Length >= HistoryHeaderBytes
            && BinaryPrimitives.ReadInt32BigEndian(history) == HistoryMagic
            && BinaryPrimitives.ReadInt16BigEndian(history[4..]) == HistoryVersion;
        history = hasHistory ? history[HistoryHeaderBytes..] : default;
        var read = new List<ProducerEntry>(count);
        for (var i = 0; i < count; i++)
        {
            var entry = new ProducerEntry(BinaryPrimitives.ReadInt64BigEndian(rest)) { LastSeenMs = nowMs };
            entry.EnterEpoch(BinaryPrimitives.ReadInt16BigEndian(rest[8..]));
            entry.CoordinatorEpoch = BinaryPrimitives.ReadInt32BigEndian(rest[34..]);

            // Kafka does not say where the last marker stood, only that there was one.
            entry.MarkerOffset = entry.CoordinatorEpoch == -1 ? -1 : endOffset - 1;
            entry.OpenTransactionOffset = BinaryPrimitives.ReadInt64BigEndian(rest[38..]);
            if (hasHistory && !TryReadHistory(ref history, entry, nowMs))
            {
                return false;
            }

            var last = new RememberedBatch(
                BinaryPrimitives.ReadInt32BigEndian(rest[10..]),
                BinaryPrimitives.ReadInt64BigEndian(rest[14..]),
                BinaryPrimitives.ReadInt32BigEndian(rest[22..]),
                BinaryPrimitives.ReadInt64BigEndian(rest[26..]));
            if (last.LastOffset >= 0 && !hasHistory)
            {
                entry.Add(last);
            }

            entry.LastTimestamp = last.MaxTimestamp;
            read.Add(entry);
            rest = rest[EntryBytes..];
        }

        entries = read;
        return true;
    }

    private static bool TryReadHistory(ref ReadOnlySpan<byte> history, ProducerEntry entry, long nowMs)
    {
        if (history.Length < HistoryEntryBytes)
        {
            return false;
        }

        // A clock that was set back must not make a producer immortal.
        entry.LastSeenMs = Math.Min(nowMs, BinaryPrimitives.ReadInt64BigEndian(history));
        entry.MarkerOffset = BinaryPrimitives.ReadInt64BigEndian(history[8..]);
        var batches = history[16];
        history = history[HistoryEntryBytes..];
        if (batches > Limits.RememberedBatchesPerProducer || history.Length < batches * HistoryBatchBytes)
        {
            return false;
        }

        for (var i = 0; i < batches; i++)
        {
            entry.Add(new RememberedBatch(
                BinaryPrimitives.ReadInt32BigEndian(history),
                BinaryPrimitives.ReadInt64BigEndian(history[4..]),
                BinaryPrimitives.ReadInt32BigEndian(history[12..]),
                BinaryPrimitives.ReadInt64BigEndian(history[16..])));
            history = history[HistoryBatchBytes..];
        }

        return true;
    }

    private ref struct Cursor(Span<byte> bytes)
    {
        private Span<byte> _rest = bytes;

        public void Write(byte value)
        {
            _rest[0] = value;
            _rest = _rest[1..];
        }

        public void Write(short value)
        {
            BinaryPrimitives.WriteInt16BigEndian(_rest, value);
            _rest = _rest[2..];
        }

        public void Write(int value)
        {
            BinaryPrimitives.WriteInt32BigEndian(_rest, value);
            _rest = _rest[4..];
        }

        public void Write(long value)
        {
            BinaryPrimitives.WriteInt64BigEndian(_rest, value);
            _rest = _rest[8..];
        }
    }
}

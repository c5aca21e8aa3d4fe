using System.Buffers.Binary;
using System.Text;
using Kernel.Machines;
using Protocol.Wire.Records;
using Protocol.Wire.Records.Compression;
using Xunit;

namespace Tests.Contract;

/// <summary>One produced batch, whole or damaged, and the settings of the topic that it goes to.</summary>
internal sealed class BatchCase
{
    private const long Now = 1_800_000_000_000;

    public required byte[] Records { get; init; }

    public required BatchRules Rules { get; init; }

    public required string What { get; init; }

    /// <summary>Bytes of a compressed stream were changed.</summary>
    public required bool IsStreamDamaged { get; init; }

    /// <summary>Records inside a compressed batch were changed, so a record's length and its parts may disagree.</summary>
    public required bool MayHaveLooseLengths { get; init; }

    public static BatchCase Make(Prng chance)
    {
        var codec = (CompressionType)chance.Next(5);
        var batch = Batch(chance, codec, damageRecords: chance.Chance(0.25), out var isRecordDamaged);
        var what = isRecordDamaged ? $"{codec}, damaged records" : $"{codec}";
        var isStreamDamaged = false;
        switch (chance.Next(8))
        {
            case 0:
                var field = DamageHeader(batch, chance);
                RecordBatch.WriteCrc(batch);
                what += $", header field at {field}";
                break;
            case 1:
                var at = RecordBatchHeader.SizeBytes + chance.Next(batch.Length - RecordBatchHeader.SizeBytes);
                batch[at] = (byte)chance.NextBits();
                RecordBatch.WriteCrc(batch);
                isStreamDamaged = codec != CompressionType.None;
                what += $", byte {at}";
                break;
            case 2:
                batch = batch[..chance.Next(batch.Length)];
                what += $", cut to {batch.Length}";
                break;
            case 3:
                var next = Batch(chance, codec, false, out _);
                var tail = chance.Next(next.Length + 1);
                batch = [.. batch, .. next[..tail]];
                what += $", {tail} bytes of another";
                break;
            case 4:
                var bit = chance.Next(batch.Length * 8);
                batch[bit / 8] ^= (byte)(1 << (bit % 8));
                what += $", bit {bit}";
                break;
        }

        return new BatchCase
        {
            Records = batch,
            What = what,
            IsStreamDamaged = isStreamDamaged || what.Contains("header field at 22", StringComparison.Ordinal),
            MayHaveLooseLengths = codec != CompressionType.None && (isRecordDamaged || isStreamDamaged),
            Rules = new BatchRules
            {
                NowMs = Now,
                ProduceVersion = (short)(chance.Chance(0.1) ? 3 + chance.Next(5) : 13),
                MaxBatchBytes = chance.Chance(0.1) ? Math.Max(1, batch.Length - 2 + chance.Next(4)) : 1_048_588,
                TimestampType = chance.Chance(0.25) ? TimestampType.LogAppendTime : TimestampType.CreateTime,
                TimestampBeforeMax = chance.Chance(0.3) ? TimeSpan.FromSeconds(5) : TimeSpan.MaxValue,
                TimestampAfterMax = chance.Chance(0.3) ? TimeSpan.FromSeconds(5) : TimeSpan.FromHours(1),
                IsCompacted = chance.Chance(0.2),
                StoredCompression = chance.Chance(0.5) ? null : (CompressionType)chance.Next(5),
            },
        };
    }

    /// <summary>The line that the oracle reads.</summary>
    public string ToLine() => string.Join(
        ' ',
        Rules.ProduceVersion,
        Rules.MaxBatchBytes,
        Rules.TimestampType == TimestampType.LogAppendTime ? 1 : 0,
        Milliseconds(Rules.TimestampBeforeMax),
        Milliseconds(Rules.TimestampAfterMax),
        Rules.IsCompacted ? 1 : 0,
        Rules.StoredCompression is { } codec ? (int)codec : -1,
        Rules.NowMs,
        Convert.ToHexString(Records));

    /// <summary>The records of a stored batch as text.</summary>
    public static List<string> Read(byte[] batch)
    {
        var list = new List<string>();
        using var reader = new RecordReader(batch);
        while (reader.MoveNext())
        {
            var text = $"{reader.OffsetDelta} {reader.Timestamp} {Hex(reader.Key)} {Hex(reader.Value)}";
            var headers = reader.Headers;
            while (headers.MoveNext())
            {
                // Kafka makes text of the names when it repacks, we keep the bytes; as text they are the same.
                text += $" {Encoding.UTF8.GetString(headers.Key)}={Hex(headers.Value)}";
            }

            list.Add(text);
        }

        Assert.False(reader.IsMalformed);
        return list;
    }

    private static string Hex(NullableBytes bytes) => bytes.IsNull ? "null" : Convert.ToHexString(bytes.Span);

    private static long Milliseconds(TimeSpan span) => span == TimeSpan.MaxValue ? long.MaxValue : (long)span.TotalMilliseconds;

    private static byte[] Batch(Prng chance, CompressionType codec, bool damageRecords, out bool isDamaged)
    {
        var builder = new RecordBatchBuilder();
        if (chance.Chance(0.3))
        {
            (builder.ProducerId, builder.ProducerEpoch, builder.BaseSequence) = (chance.Next(9), (short)chance.Next(3), chance.Next(100));
        }

        for (var i = 1 + chance.Next(12); i > 0; i--)
        {
            var timestamp = chance.Next(20) switch
            {
                0 => -1,
                1 => -2,
                2 => (long)chance.NextBits(),
                3 => Now + 4_000_000,
                _ => Now - chance.Next(20_000) + 8000,
            };
            RecordHeader[] headers = chance.Chance(0.2) ? [new RecordHeader("h", chance.Chance(0.5) ? null : [1, 2, 3]), new RecordHeader("", [])] : [];
            builder.Append(timestamp, Some(chance, 0.05), Some(chance, 0.1), headers);
        }

        var plain = builder.Build();
        isDamaged = damageRecords;
        if (damageRecords)
        {
            for (var i = 1 + chance.Next(2); i > 0; i--)
            {
                plain[RecordBatchHeader.SizeBytes + chance.Next(plain.Length - RecordBatchHeader.SizeBytes)] = (byte)chance.NextBits();
            }
        }

        return Pack(plain, codec);
    }

    private static byte[] Pack(byte[] plain, CompressionType codec)
    {
        using var packed = new PooledBuffer(int.MaxValue);
        if (codec != CompressionType.None)
        {
            RecordCodec.Compress(codec, plain.AsSpan(RecordBatchHeader.SizeBytes), packed);
        }

        byte[] batch = codec == CompressionType.None ? plain : [.. plain[..RecordBatchHeader.SizeBytes], .. packed.Written];
        batch[22] |= (byte)codec;
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(8), batch.Length - 12);
        RecordBatch.WriteCrc(batch);
        return batch;
    }

    private static byte[]? Some(Prng chance, double nulls)
    {
        if (chance.Chance(nulls))
        {
            return null;
        }

        var bytes = new byte[chance.Chance(0.1) ? chance.Next(3000) : chance.Next(30)];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)('a' + chance.Next(4));
        }

        return bytes;
    }

    private static int DamageHeader(byte[] batch, Prng chance)
    {
        // Attributes twice as often: each of their bits means something else.
        int[] fields = [8, 16, 21, 22, 22, 22, 23, 26, 27, 35, 42, 43, 50, 51, 53, 57, 60, 0, 7];
        var at = fields[chance.Next(fields.Length)];
        batch[at] = at == 22 && chance.Chance(0.7) ? (byte)(batch[at] ^ (1 << (3 + chance.Next(5)))) : (byte)chance.NextBits();
        return at;
    }
}

using System.Buffers.Binary;
using Kernel.Machines;
using Protocol.Wire.Records;
using Protocol.Wire.Records.Compression;
using Xunit;

namespace Tests.Fuzz;

/// <summary>Record batches and codecs fed with noise and damage: a verdict or a result, never an exception, and no more memory than the bound.</summary>
public class RecordsFuzz
{
    private const int MaxUnpacked = 1_000_000;

    // The buffer doubles up to the bound, is copied once or twice, and the library of a codec has its own; some batches are checked thrice.
    private const long MaxAllocated = 40L * MaxUnpacked;
    private const long Now = 1_800_000_000_000;

    [Fact]
    public void Batches_under_right_and_wrong_checksums() => FuzzRun.Repeat(_ => MaxAllocated, chance =>
    {
        var records = Batch(chance);
        records = chance.Chance(0.1) ? Mutation.Noise(chance, 300) : Damaged(records, chance);
        var rules = new BatchRules
        {
            NowMs = Now,
            MaxDecompressedBytes = MaxUnpacked,
            IsCompacted = chance.Chance(0.2),
            ProduceVersion = (short)(3 + chance.Next(11)),
            TimestampType = (TimestampType)chance.Next(2),
            StoredCompression = chance.Chance(0.5) ? null : (CompressionType)chance.Next(5),
        };
        var verdict = BatchCheck.Validate(records, rules);
        if (!verdict.IsAccepted)
        {
            Assert.NotNull(verdict.Message);
            return records.Length;
        }

        var batch = records[..verdict.LengthBytes];
        if (verdict.Rewrite == BatchRewrite.Recompress)
        {
            batch = BatchRewriter.Recompress(batch, verdict, rules);
        }
        else if (verdict.Rewrite == BatchRewrite.Header)
        {
            BatchRewriter.PatchHeader(batch, verdict, rules);
        }

        // What is stored is whole: it reads to the end, and would be accepted by a topic that asks for nothing.
        Assert.Equal(verdict.RecordCount, CountRecords(batch, out var isMalformed));
        Assert.False(isMalformed);
        Assert.True(RecordBatch.HasValidCrc(batch));
        Assert.Equal(verdict.MaxTimestamp, new RecordBatchHeader(batch).MaxTimestamp);
        return records.Length;
    });

    [Fact]
    public void Readers_of_unchecked_batches() => FuzzRun.Repeat(_ => MaxAllocated, chance =>
    {
        var bytes = chance.Chance(0.2) ? Mutation.Noise(chance, 400) : Mutation.Of([.. Batch(chance), .. Batch(chance)], chance);
        var batches = new RecordBatchReader(bytes);
        var end = 0;
        while (batches.MoveNext())
        {
            Assert.Equal(end, batches.PositionBytes);
            end += batches.Current.Length;
            Assert.InRange(CountRecords(batches.Current, out _), 0, Math.Max(0, batches.Header.RecordCount));
        }

        Assert.InRange(end, 0, bytes.Length);
        return bytes.Length;
    });

    [Theory]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public void Codecs(CompressionType codec) => FuzzRun.Repeat(_ => MaxAllocated, chance =>
    {
        // Records are never empty.
        byte[] plain = [7, .. Mutation.Noise(chance, chance.Chance(0.1) ? 200_000 : 2000)];
        using var packed = new PooledBuffer(int.MaxValue);
        RecordCodec.Compress(codec, plain, packed);
        using var whole = new PooledBuffer(plain.Length);
        Assert.Equal(DecompressResult.Done, RecordCodec.Decompress(codec, packed.Written, whole));
        Assert.True(whole.Written.SequenceEqual(plain));

        var damaged = chance.Chance(0.2) ? Mutation.Noise(chance, 300) : Mutation.Of(packed.Written.ToArray(), chance);
        using var unpacked = new PooledBuffer(MaxUnpacked);
        RecordCodec.Decompress(codec, damaged, unpacked);
        Assert.InRange(unpacked.Count, 0, MaxUnpacked);
        return damaged.Length;
    });

    [Fact]
    public void Headers_that_lie_about_the_size_reserve_nothing() => FuzzRun.Repeat(_ => 400_000, chance =>
    {
        // A raw Snappy block whose preamble says two gigabytes, an LZ4 frame of 4 MiB blocks, a zstd frame that claims a terabyte.
        byte[] snappy = [0xFF, 0xFF, 0xFF, 0xFF, 0x07, .. Mutation.Noise(chance, 50)];
        byte[] zstd = [0x28, 0xB5, 0x2F, 0xFD, 0xC0, 0x70, 0, 0, 0, 0, 0, 1, 0, 0, 0, .. Mutation.Noise(chance, 30)];
        byte[] lz4 = [0x04, 0x22, 0x4D, 0x18, 0x60, 0x70, 0x73, 0x04, 0, 0, 0, 0x10, 0x41, 0, 0, 0, 0, 0, 0];
        foreach (var (codec, bytes) in new[] { (CompressionType.Snappy, snappy), (CompressionType.Zstd, zstd), (CompressionType.Lz4, lz4) })
        {
            using var buffer = new PooledBuffer(int.MaxValue);
            RecordCodec.Decompress(codec, bytes, buffer);
            Assert.True(buffer.Count < 200_000);
        }

        return snappy.Length;
    });

    private static int CountRecords(ReadOnlySpan<byte> batch, out bool isMalformed)
    {
        using var reader = new RecordReader(batch, MaxUnpacked);
        var count = 0;
        while (reader.MoveNext())
        {
            count++;
            var headers = reader.Headers;
            while (headers.MoveNext())
            {
                _ = headers.Key.Length + headers.Value.Span.Length;
            }

            _ = reader.Key.Span.Length + reader.Value.Span.Length + reader.Offset + reader.Timestamp;
        }

        isMalformed = reader.IsMalformed;
        return count;
    }

    private static byte[] Batch(Prng chance)
    {
        var builder = new RecordBatchBuilder((CompressionType)chance.Next(5));
        for (var i = 1 + chance.Next(10); i > 0; i--)
        {
            RecordHeader[] headers = chance.Chance(0.3) ? [new RecordHeader("name", Mutation.Noise(chance, 9)), new RecordHeader("", null)] : [];
            builder.Append(Now - chance.Next(1000), Mutation.Noise(chance, 20), chance.Chance(0.1) ? null : Mutation.Noise(chance, 300), headers);
        }

        return builder.Build();
    }

    /// <summary>Damage behind the header, in it, or both, mostly under a checksum and a length that are right again.</summary>
    private static byte[] Damaged(byte[] batch, Prng chance)
    {
        batch = chance.Next(3) switch
        {
            0 => Mutation.Of(batch, chance),
            1 => [.. batch[..RecordBatchHeader.SizeBytes], .. Mutation.Of(batch[RecordBatchHeader.SizeBytes..], chance)],
            _ => Repacked(batch, chance),
        };
        if (batch.Length >= RecordBatchHeader.SizeBytes && chance.Chance(0.9))
        {
            BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(8), batch.Length - 12);
            RecordBatch.WriteCrc(batch);
        }

        return batch;
    }

    /// <summary>Damage to the records themselves, packed whole.</summary>
    private static byte[] Repacked(byte[] batch, Prng chance)
    {
        var codec = new RecordBatchHeader(batch).Compression;
        using var plain = new PooledBuffer(MaxUnpacked);
        if (codec == CompressionType.None || RecordCodec.Decompress(codec, batch.AsSpan(RecordBatchHeader.SizeBytes), plain) != DecompressResult.Done)
        {
            return [.. batch[..RecordBatchHeader.SizeBytes], .. Mutation.Of(batch[RecordBatchHeader.SizeBytes..], chance)];
        }

        using var packed = new PooledBuffer(int.MaxValue);
        RecordCodec.Compress(codec, Mutation.Of(plain.Written.ToArray(), chance), packed);
        return [.. batch[..RecordBatchHeader.SizeBytes], .. packed.Written];
    }
}

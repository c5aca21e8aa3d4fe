using System.Buffers.Binary;
using CsCheck;
using Kernel;
using Protocol.Wire;
using Protocol.Wire.Records;

namespace Tests.Unit.Records;

public class BatchCheckTests
{
    [Fact]
    public void No_whole_batch_is_an_invalid_record()
    {
        var batch = Batches.Of(2);
        Refuses(ErrorCode.InvalidRecord, []);
        Refuses(ErrorCode.InvalidRecord, batch[..11]);
        Refuses(ErrorCode.InvalidRecord, batch[..16]);
        Refuses(ErrorCode.InvalidRecord, batch[..60]);
        Refuses(ErrorCode.InvalidRecord, batch[..^1]);
    }

    [Fact]
    public void Exactly_one_batch_is_taken()
    {
        var batch = Batches.Of(2);
        Refuses(ErrorCode.InvalidRecord, [.. batch, .. batch]);
        foreach (var tail in new[] { 1, 11, 12, 16, 17, 61, batch.Length - 1 })
        {
            var verdict = Accepts([.. batch, .. batch[..tail]]);
            Assert.Equal(batch.Length, verdict.LengthBytes);
        }

        // What follows has a length or a magic that no batch has.
        Refuses(ErrorCode.CorruptMessage, [.. batch, .. new byte[12]]);
        var wrongMagic = batch[..17];
        wrongMagic[16] = 3;
        Refuses(ErrorCode.CorruptMessage, [.. batch, .. wrongMagic]);
    }

    [Theory]
    [InlineData(48, ErrorCode.CorruptMessage)]
    [InlineData(14, ErrorCode.CorruptMessage)]
    [InlineData(13, ErrorCode.CorruptMessage)]
    [InlineData(0, ErrorCode.CorruptMessage)]
    [InlineData(-1, ErrorCode.CorruptMessage)]
    [InlineData(5000, ErrorCode.InvalidRecord)]
    [InlineData(int.MaxValue - 12, ErrorCode.InvalidRecord)]
    [InlineData(int.MaxValue, ErrorCode.UnknownServerError)]
    public void Impossible_lengths(int length, ErrorCode expected)
    {
        var batch = Batches.Of(2);
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(8), length);
        Refuses(expected, batch);
    }

    [Theory]
    [InlineData(0, ErrorCode.InvalidRecord)]
    [InlineData(1, ErrorCode.InvalidRecord)]
    [InlineData(3, ErrorCode.CorruptMessage)]
    [InlineData(-1, ErrorCode.CorruptMessage)]
    public void Other_magics(sbyte magic, ErrorCode expected)
    {
        var batch = Batches.Of(2);
        batch[16] = (byte)magic;
        Refuses(expected, batch);
    }

    [Fact]
    public void Checksum_must_match()
    {
        var batch = Batches.Of(2);
        batch[^1] ^= 1;
        Refuses(ErrorCode.CorruptMessage, batch);
    }

    [Theory]
    [InlineData(3, 2, 2)]
    [InlineData(2, 2, 3)]
    [InlineData(2, 5, 2)]
    [InlineData(-1, 1, 2)]
    [InlineData(0, -1, 2)]
    [InlineData(2, -1, 2)]
    [InlineData(int.MaxValue, int.MaxValue - 1, 1)]
    [InlineData(1, 0, 2)]
    public void Count_and_last_delta_must_agree_with_the_records(int count, int lastDelta, int records)
    {
        foreach (var codec in Batches.Codecs)
        {
            Refuses(ErrorCode.InvalidRecord, Batches.With(Batches.Of(records, codec), b =>
            {
                BinaryPrimitives.WriteInt32BigEndian(b.AsSpan(57), count);
                BinaryPrimitives.WriteInt32BigEndian(b.AsSpan(23), lastDelta);
            }));
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(-5)]
    public void Base_offset_is_zero(long baseOffset) => Refuses(ErrorCode.InvalidRecord, Batches.Of(2, with: b => b.BaseOffset = baseOffset));

    [Fact]
    public void Control_batches_are_not_for_clients() => Refuses(ErrorCode.InvalidRecord, Batches.Of(1, with: b => b.IsControl = true));

    [Theory]
    [InlineData(5, 0, -1, ErrorCode.InvalidRecord)]
    [InlineData(5, -1, 0, ErrorCode.None)]
    [InlineData(5, -1, -1, ErrorCode.InvalidRecord)]
    [InlineData(5, 0, 0, ErrorCode.None)]
    [InlineData(-1, 0, 0, ErrorCode.None)]
    [InlineData(-1, 3, -1, ErrorCode.None)]
    [InlineData(-1, -1, 3, ErrorCode.None)]
    [InlineData(-2, 0, 0, ErrorCode.None)]
    public void Producer_fields(long producerId, short epoch, int sequence, ErrorCode expected)
    {
        var batch = Batches.Of(1, with: b =>
        {
            b.ProducerId = producerId;
            b.ProducerEpoch = epoch;
            b.BaseSequence = sequence;
        });
        Assert.Equal(expected, BatchCheck.Validate(batch, Batches.Rules()).Error);
    }

    [Theory]
    [InlineData(1, ErrorCode.UnknownServerError)]
    [InlineData(2, ErrorCode.UnknownServerError)]
    [InlineData(3, ErrorCode.UnknownServerError)]
    [InlineData(4, ErrorCode.UnknownServerError)]
    [InlineData(5, ErrorCode.UnknownServerError)]
    [InlineData(7, ErrorCode.UnknownServerError)]
    [InlineData(128, ErrorCode.None)]
    [InlineData(-32768, ErrorCode.None)]
    [InlineData(64, ErrorCode.None)]
    public void Attributes_over_plain_records(short attributes, ErrorCode expected)
    {
        var batch = Batches.With(Batches.Of(2), b => BinaryPrimitives.WriteInt16BigEndian(b.AsSpan(21), attributes));
        var verdict = BatchCheck.Validate(batch, Batches.Rules());
        Assert.Equal(expected, verdict.Error);
        Assert.Equal(BatchRewrite.None, verdict.Rewrite);
    }

    [Theory]
    [InlineData(0, ErrorCode.None)]
    [InlineData(2, ErrorCode.InvalidRecord)]
    [InlineData(100, ErrorCode.InvalidRecord)]
    [InlineData(-2, ErrorCode.InvalidRecord)]
    public void A_compressed_record_of_another_length_than_it_says_is_refused_though_Kafka_stores_it(int tooMany, ErrorCode expected)
    {
        // Kafka skips through compressed records without comparing; its consumers then stop at the batch for good.
        var plain = Batches.Of(1);
        var records = plain[RecordBatchHeader.SizeBytes..];
        Assert.InRange(records[0] + (2 * tooMany), 1, 255);
        byte[] size = records[0] + (2 * tooMany) < 128
            ? [(byte)(records[0] + (2 * tooMany))]
            : [(byte)((records[0] + (2 * tooMany)) | 128), 1];
        using var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionMode.Compress, leaveOpen: true))
        {
            gzip.Write([.. size, .. records[1..]]);
        }

        var batch = Batches.With([.. plain[..RecordBatchHeader.SizeBytes], .. packed.ToArray()], b =>
        {
            BinaryPrimitives.WriteInt32BigEndian(b.AsSpan(8), b.Length - 12);
            b[22] = (byte)CompressionType.Gzip;
        });
        Assert.Equal(expected, BatchCheck.Validate(batch, Batches.Rules()).Error);
    }

    [Fact]
    public void Plain_bit_over_packed_records() =>
        Refuses(ErrorCode.InvalidRecord, Batches.With(Batches.Of(2, CompressionType.Gzip), b => BinaryPrimitives.WriteInt16BigEndian(b.AsSpan(21), 0)));

    [Fact]
    public void Zstd_needs_version_7()
    {
        var batch = Batches.Of(2, CompressionType.Zstd);
        Assert.Equal(ErrorCode.UnsupportedCompressionType, BatchCheck.Validate(batch, Batches.Rules() with { ProduceVersion = 6 }).Error);
        Assert.Equal(ErrorCode.None, BatchCheck.Validate(batch, Batches.Rules() with { ProduceVersion = 7 }).Error);
    }

    [Fact]
    public void Size_counts_as_sent()
    {
        var packed = new RecordBatchBuilder(CompressionType.Gzip);
        packed.Append(Batches.Now, null, new byte[100_000]);
        var batch = packed.Build();
        Assert.Equal(ErrorCode.None, BatchCheck.Validate(batch, Batches.Rules() with { MaxBatchBytes = batch.Length }).Error);
        Assert.Equal(ErrorCode.MessageTooLarge, BatchCheck.Validate(batch, Batches.Rules() with { MaxBatchBytes = batch.Length - 1 }).Error);
    }

    [Fact]
    public void Compacted_topics_want_keys_and_name_the_records_without()
    {
        foreach (var codec in Batches.Codecs)
        {
            var builder = new RecordBatchBuilder(codec);
            builder.Append(Batches.Now, "k"u8, "v"u8);
            builder.Append(Batches.Now, NullableBytes.Null, "v"u8);
            builder.Append(Batches.Now, ""u8, "v"u8);
            builder.Append(Batches.Now, NullableBytes.Null, "v"u8);
            var verdict = BatchCheck.Validate(builder.Build(), Batches.Rules() with { IsCompacted = true });
            Assert.Equal(ErrorCode.InvalidRecord, verdict.Error);
            Assert.Equal([1, 3], verdict.RecordErrors!.Select(e => e.BatchIndex));
        }
    }

    [Fact]
    public void Timestamps_out_of_bounds_are_named()
    {
        var rules = Batches.Rules() with { TimestampBeforeMax = TimeSpan.FromSeconds(10), TimestampAfterMax = TimeSpan.FromSeconds(10) };
        long[] times = [Batches.Now - 10_000, Batches.Now + 10_000, Batches.Now - 10_001, Batches.Now + 10_001, -1];
        foreach (var codec in Batches.Codecs)
        {
            var builder = new RecordBatchBuilder(codec);
            foreach (var time in times)
            {
                builder.Append(time, "k"u8, NullableBytes.Null);
            }

            var verdict = BatchCheck.Validate(builder.Build(), rules);
            Assert.Equal(ErrorCode.InvalidTimestamp, verdict.Error);
            Assert.Equal([2, 3], verdict.RecordErrors!.Select(e => e.BatchIndex));
        }
    }

    [Fact]
    public void A_bad_timestamp_outweighs_a_missing_key()
    {
        var builder = new RecordBatchBuilder();
        builder.Append(Batches.Now, NullableBytes.Null, NullableBytes.Null);
        builder.Append(Batches.Now + 4_000_000, "k"u8, NullableBytes.Null);
        var verdict = BatchCheck.Validate(builder.Build(), Batches.Rules() with { IsCompacted = true });
        Assert.Equal(ErrorCode.InvalidTimestamp, verdict.Error);
        Assert.Equal([0, 1], verdict.RecordErrors!.Select(e => e.BatchIndex));
    }

    [Fact]
    public void A_wrong_max_timestamp_is_put_right()
    {
        foreach (var codec in Batches.Codecs)
        {
            var batch = Batches.With(Batches.Of(5, codec), b => BinaryPrimitives.WriteInt64BigEndian(b.AsSpan(35), 77));
            var verdict = BatchCheck.Validate(batch, Batches.Rules());
            Assert.Equal(BatchRewrite.Header, verdict.Rewrite);
            BatchRewriter.PatchHeader(batch, verdict, Batches.Rules());
            Assert.Equal(Batches.Of(5, codec), batch);
        }
    }

    [Fact]
    public void Log_append_time_is_written_to_the_header_only()
    {
        var rules = Batches.Rules() with { TimestampType = TimestampType.LogAppendTime };
        foreach (var codec in Batches.Codecs)
        {
            var builder = new RecordBatchBuilder(codec);
            builder.Append(5, "k"u8, "v"u8);
            builder.Append(Batches.Now + 9_000_000, "k"u8, "v"u8);
            var batch = builder.Build();
            var sent = (byte[])batch.Clone();
            var verdict = BatchCheck.Validate(batch, rules);
            Assert.Equal((BatchRewrite.Header, Batches.Now), (verdict.Rewrite, verdict.MaxTimestamp));
            BatchRewriter.PatchHeader(batch, verdict, rules);
            var header = new RecordBatchHeader(batch);
            Assert.Equal(TimestampType.LogAppendTime, header.TimestampType);
            Assert.Equal(Batches.Now, header.MaxTimestamp);
            Assert.Equal(5, header.BaseTimestamp);
            Assert.True(RecordBatch.HasValidCrc(batch));
            Assert.Equal(sent[43..], batch[43..]);
            Assert.All(PlainRecord.Read(batch), r => Assert.Equal(Batches.Now, r.Timestamp));
        }
    }

    [Fact]
    public void Conversion_keeps_the_records_and_the_producer()
    {
        foreach (var from in Batches.Codecs)
        {
            foreach (var to in Batches.Codecs)
            {
                var rules = Batches.Rules() with { StoredCompression = to };
                var batch = Batches.Of(50, from, b =>
                {
                    b.ProducerId = 4;
                    b.ProducerEpoch = 1;
                    b.BaseSequence = 8;
                });
                var verdict = BatchCheck.Validate(batch, rules);
                Assert.Equal(from == to ? BatchRewrite.None : BatchRewrite.Recompress, verdict.Rewrite);
                if (from == to)
                {
                    continue;
                }

                var stored = BatchRewriter.Recompress(batch, verdict, rules);
                Assert.Equal(PlainRecord.Read(batch), PlainRecord.Read(stored));
                var header = new RecordBatchHeader(stored);
                Assert.Equal((to, 4L, (short)1, 8), (header.Compression, header.ProducerId, header.ProducerEpoch, header.BaseSequence));
                Assert.Equal(verdict.MaxTimestamp, header.MaxTimestamp);
                Assert.True(BatchCheck.Validate(stored, rules).IsAccepted);
            }
        }
    }

    [Fact]
    public void A_batch_that_unpacks_to_too_much_is_refused()
    {
        foreach (var codec in Batches.Codecs.Skip(1))
        {
            var builder = new RecordBatchBuilder(codec);
            builder.Append(Batches.Now, null, new byte[300_000]);
            var batch = builder.Build();
            var plain = builder.UncompressedSizeBytes - RecordBatchHeader.SizeBytes;
            Assert.Equal(ErrorCode.None, BatchCheck.Validate(batch, Batches.Rules() with { MaxDecompressedBytes = plain }).Error);
            Assert.Equal(ErrorCode.MessageTooLarge, BatchCheck.Validate(batch, Batches.Rules() with { MaxDecompressedBytes = plain - 1 }).Error);
        }
    }

    [Fact]
    public void Any_flipped_bit_behind_the_crc_is_caught_by_it() =>
        Gen.Select(Batches.AnyCodec, Gen.Int[1, 30], Gen.Int[0, 100_000]).Sample((codec, records, at) =>
        {
            var batch = Batches.Of(records, codec);
            var bit = (21 * 8) + (at % ((batch.Length - 21) * 8));
            batch[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(ErrorCode.CorruptMessage, BatchCheck.Validate(batch, Batches.Rules()).Error);
        });

    [Fact]
    public void Damage_under_a_right_crc_never_throws() =>
        Gen.Select(Batches.AnyCodec, Gen.Int[1, 30], Gen.Select(Gen.Int[0, 100_000], Gen.Byte).Array[1, 6]).Sample(
            (codec, records, damage) =>
            {
                var batch = Batches.Of(records, codec);
                foreach (var (at, value) in damage)
                {
                    batch[21 + (at % (batch.Length - 21))] = value;
                }

                RecordBatch.WriteCrc(batch);
                var rules = Batches.Rules() with { IsCompacted = true, StoredCompression = CompressionType.Snappy };
                var verdict = BatchCheck.Validate(batch, rules);
                if (!verdict.IsAccepted)
                {
                    Assert.NotNull(verdict.Message);
                }
                else if (verdict.Rewrite == BatchRewrite.Recompress)
                {
                    Assert.True(BatchCheck.Validate(BatchRewriter.Recompress(batch, verdict, rules), rules with { TimestampAfterMax = TimeSpan.MaxValue }).IsAccepted);
                }
            },
            iter: 3000);

    private static void Refuses(ErrorCode expected, byte[] records)
    {
        var verdict = BatchCheck.Validate(records, Batches.Rules());
        Assert.Equal(expected, verdict.Error);
        Assert.NotNull(verdict.Message);
        Assert.Null(verdict.RecordErrors);
    }

    private static BatchVerdict Accepts(byte[] records)
    {
        var verdict = BatchCheck.Validate(records, Batches.Rules());
        Assert.True(verdict.IsAccepted, verdict.Message);
        return verdict;
    }
}

using System.Text;
using CsCheck;
using Protocol.Wire.Records;

namespace Tests.Unit.Records;

public class RecordBatchBuilderTests
{
    private static readonly Gen<byte[]?> Bytes = Gen.Frequency(
        (1, Gen.Int[0, 1].Select(_ => (byte[]?)null)),
        (4, Gen.Byte.Array[0, 40].Select(b => (byte[]?)b)),
        (1, Gen.Byte.Array[0, 5000].Select(b => (byte[]?)b)),
        (1, Gen.Int[0, 200_000].Select(n => (byte[]?)new byte[n])));

    private static readonly Gen<(long Timestamp, byte[]? Key, byte[]? Value, RecordHeader[] Headers)> Record = Gen.Select(
        Gen.OneOf(Gen.Long[0, 2_000_000_000_000], Gen.Long),
        Bytes,
        Bytes,
        Gen.Select(Gen.String[0, 12], Bytes, (name, value) => new RecordHeader(name.Replace("\uFFFD", "", StringComparison.Ordinal), value)).Array[0, 3]);

    [Fact]
    public void What_is_built_is_read_back_and_accepted_in_every_codec() =>
        Gen.Select(Batches.AnyCodec, Record.Array[1, 20]).Sample(
            (codec, records) =>
            {
                var builder = new RecordBatchBuilder(codec) { ProducerId = 7, ProducerEpoch = 1, BaseSequence = int.MaxValue };
                foreach (var (timestamp, key, value, headers) in records)
                {
                    builder.Append(timestamp, key, value, headers);
                }

                var batch = builder.Build();
                var expected = records.Select((r, i) => new PlainRecord(
                    i,
                    r.Timestamp,
                    r.Key is null ? null : Convert.ToHexString(r.Key),
                    r.Value is null ? null : Convert.ToHexString(r.Value),
                    string.Join(';', r.Headers.Select(h => $"{Convert.ToHexString(Encoding.UTF8.GetBytes(h.Key))}={(h.Value is null ? null : Convert.ToHexString(h.Value))}"))));
                Assert.Equal(expected, PlainRecord.Read(batch));

                var rules = Batches.Rules() with { TimestampAfterMax = TimeSpan.MaxValue, MaxBatchBytes = int.MaxValue };
                var verdict = BatchCheck.Validate(batch, rules);
                Assert.True(verdict.IsAccepted, verdict.Message);
                Assert.Equal(batch.Length, verdict.LengthBytes);
                Assert.Equal(records.Length, verdict.RecordCount);
                var max = Math.Max(-1, records.Max(r => r.Timestamp));
                Assert.Equal(max, verdict.MaxTimestamp);
                Assert.Equal(BatchRewrite.None, verdict.Rewrite);
                if (max > -1)
                {
                    Assert.Equal(Array.FindIndex(records, r => r.Timestamp == max), verdict.OffsetDeltaOfMaxTimestamp);
                }
            },
            iter: 400);

    [Fact]
    public void Builder_is_used_again_after_a_reset()
    {
        var builder = new RecordBatchBuilder(CompressionType.Lz4) { ProducerId = 3, ProducerEpoch = 0, BaseSequence = 0 };
        builder.Append(5, new byte[] { 1 }, new byte[100_000]);
        builder.Append(6, null, null);
        var first = builder.Build();
        Assert.Throws<InvalidOperationException>(() => builder.Append(7, null, null));
        builder.Reset();
        Assert.Equal(RecordBatchHeader.SizeBytes, builder.UncompressedSizeBytes);
        Assert.Throws<InvalidOperationException>(() => builder.Build());
        builder.Append(9, null, "x"u8);
        var second = builder.Build();
        Assert.Equal(2, PlainRecord.Read(first).Count);
        Assert.Equal([new PlainRecord(0, 9, null, "78", "")], PlainRecord.Read(second));
        Assert.Equal(9, new RecordBatchHeader(second).MaxTimestamp);
        Assert.Equal(3, new RecordBatchHeader(second).ProducerId);
    }

    [Fact]
    public void Uncompressed_size_is_the_size_without_a_codec()
    {
        var builder = new RecordBatchBuilder();
        builder.Append(1000, "key"u8, new byte[300], [new RecordHeader("schlüssel", [1, 2]), new RecordHeader("", null)]);
        builder.Append(900, NullableBytes.Null, NullableBytes.Null);
        var announced = builder.UncompressedSizeBytes;
        Assert.Equal(announced, builder.Build().Length);
    }

    [Fact]
    public void Header_says_what_was_set()
    {
        var batch = Batches.Of(3, CompressionType.Zstd, b =>
        {
            b.BaseOffset = 500;
            b.PartitionLeaderEpoch = 9;
            b.ProducerId = 12;
            b.ProducerEpoch = 2;
            b.BaseSequence = int.MaxValue - 1;
            b.IsTransactional = true;
        });
        var header = new RecordBatchHeader(batch);
        Assert.Equal(500, header.BaseOffset);
        Assert.Equal(502, header.LastOffset);
        Assert.Equal(9, header.PartitionLeaderEpoch);
        Assert.Equal(12, header.ProducerId);
        Assert.Equal(2, header.ProducerEpoch);
        Assert.Equal(0, header.LastSequence);
        Assert.True(header.IsTransactional);
        Assert.False(header.IsControl);
        Assert.Equal(CompressionType.Zstd, header.Compression);
        Assert.Equal(Batches.Now - 1000, header.BaseTimestamp);
        Assert.Equal(Batches.Now - 998, header.MaxTimestamp);
        Assert.True(RecordBatch.HasValidCrc(batch));
    }
}

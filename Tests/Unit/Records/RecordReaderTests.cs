using System.Buffers.Binary;
using Protocol.Wire.Records;

namespace Tests.Unit.Records;

public class RecordReaderTests
{
    [Fact]
    public void Offsets_and_times_are_absolute()
    {
        var batch = Batches.Of(3, with: b => b.BaseOffset = 1000);
        Assert.Equal([1000, 1001, 1002], PlainRecord.Read(batch).Select(r => r.Offset));
        Assert.Equal([Batches.Now - 1000, Batches.Now - 999, Batches.Now - 998], PlainRecord.Read(batch).Select(r => r.Timestamp));
    }

    [Fact]
    public void Null_and_empty_stay_apart()
    {
        var builder = new RecordBatchBuilder();
        builder.Append(1, NullableBytes.Null, ""u8, [new RecordHeader("", null), new RecordHeader("h", []), new RecordHeader("h", [1])]);
        Assert.Equal([new PlainRecord(0, 1, null, "", "=;68=;68=01")], PlainRecord.Read(builder.Build()));
        using var reader = new RecordReader(builder.Build());
        Assert.True(reader.MoveNext());
        var headers = reader.Headers;
        Assert.Equal(3, headers.Count);
        Assert.True(headers.MoveNext());
        Assert.True(headers.Value.IsNull);
        Assert.True(headers.MoveNext());
        Assert.False(headers.Value.IsNull);
    }

    [Fact]
    public void Append_time_is_the_time_of_all_records()
    {
        var batch = Batches.Of(3, CompressionType.Lz4, b =>
        {
            b.TimestampType = TimestampType.LogAppendTime;
            b.LogAppendTimeMs = 77;
        });
        Assert.All(PlainRecord.Read(batch), r => Assert.Equal(77, r.Timestamp));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    public void A_count_that_lies_ends_as_malformed(int count)
    {
        foreach (var codec in Batches.Codecs)
        {
            var batch = Batches.Of(3, codec);
            BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(57), count);
            using var reader = new RecordReader(batch);
            var read = 0;
            while (reader.MoveNext())
            {
                read++;
            }

            Assert.Equal(Math.Clamp(count, 0, 3), read);
            Assert.True(reader.IsMalformed);
            Assert.False(reader.MoveNext());
        }
    }

    [Fact]
    public void Cut_batches_are_malformed_not_fatal()
    {
        foreach (var codec in Batches.Codecs)
        {
            var batch = Batches.Of(3, codec);
            for (var length = 0; length < batch.Length; length++)
            {
                using var reader = new RecordReader(batch.AsSpan(0, length));
                while (reader.MoveNext())
                {
                }

                Assert.True(reader.IsMalformed, $"{codec} cut to {length}");
            }
        }
    }

    [Fact]
    public void More_than_the_bound_is_malformed()
    {
        var builder = new RecordBatchBuilder(CompressionType.Zstd);
        builder.Append(1, null, new byte[50_000_000]);
        var batch = builder.Build();
        Assert.True(batch.Length < 10_000);
        using var reader = new RecordReader(batch, maxDecompressedBytes: 1_000_000);
        Assert.False(reader.MoveNext());
        Assert.True(reader.IsMalformed);
    }

    [Fact]
    public void Batches_in_a_row_are_walked_to_the_cut_one()
    {
        byte[] two = [.. Batches.Of(2), .. Batches.Of(3, CompressionType.Gzip)];
        var reader = new RecordBatchReader([.. two, .. Batches.Of(1)[..30]]);
        var counts = new List<int>();
        while (reader.MoveNext())
        {
            counts.Add(reader.Header.RecordCount);
        }

        Assert.Equal([2, 3], counts);
        Assert.Equal((two.Length, false), (reader.PositionBytes, reader.IsMalformed));
        Assert.Equal(-1, RecordBatch.WholeLengthBytes(new byte[12]));
    }
}

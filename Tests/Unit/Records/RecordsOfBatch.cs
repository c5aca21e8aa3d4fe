using CsCheck;
using Protocol.Wire.Records;

namespace Tests.Unit.Records;

/// <summary>A record in a form that tests compare.</summary>
internal sealed record PlainRecord(long Offset, long Timestamp, string? Key, string? Value, string Headers)
{
    public static List<PlainRecord> Read(ReadOnlySpan<byte> batch)
    {
        var list = new List<PlainRecord>();
        using var reader = new RecordReader(batch);
        while (reader.MoveNext())
        {
            var headers = new List<string>();
            var walk = reader.Headers;
            while (walk.MoveNext())
            {
                headers.Add($"{Convert.ToHexString(walk.Key)}={Hex(walk.Value)}");
            }

            list.Add(new PlainRecord(reader.Offset, reader.Timestamp, Hex(reader.Key), Hex(reader.Value), string.Join(';', headers)));
        }

        Assert.False(reader.IsMalformed);
        return list;
    }

    public static string? Hex(NullableBytes bytes) => bytes.IsNull ? null : Convert.ToHexString(bytes.Span);
}

/// <summary>Batches as a producer makes them.</summary>
internal static class Batches
{
    public const long Now = 1_800_000_000_000;

    public static readonly CompressionType[] Codecs =
        [CompressionType.None, CompressionType.Gzip, CompressionType.Snappy, CompressionType.Lz4, CompressionType.Zstd];

    public static Gen<CompressionType> AnyCodec => Gen.Int[0, Codecs.Length - 1].Select(i => Codecs[i]);

    public static byte[] Of(int records, CompressionType codec = CompressionType.None, Action<RecordBatchBuilder>? with = null, string? key = "k")
    {
        var builder = new RecordBatchBuilder(codec);
        with?.Invoke(builder);
        for (var i = 0; i < records; i++)
        {
            builder.Append(Now - 1000 + i, key is null ? null : System.Text.Encoding.UTF8.GetBytes(key + i), System.Text.Encoding.UTF8.GetBytes("value " + i));
        }

        return builder.Build();
    }

    /// <summary>Changes a header field and makes the checksum right again.</summary>
    public static byte[] With(byte[] batch, Action<byte[]> change)
    {
        var changed = (byte[])batch.Clone();
        change(changed);
        RecordBatch.WriteCrc(changed);
        return changed;
    }

    public static BatchRules Rules() => new() { NowMs = Now };
}

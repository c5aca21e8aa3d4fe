using System.IO.Compression;
using CsCheck;
using Protocol.Wire.Records.Compression;

namespace Tests.Unit.Records;

/// <summary>Streams of several members, cut ones, and ones with bytes behind them, as Java's GZIPInputStream takes them.</summary>
public class GzipMembersTests
{
    private static readonly byte[] First = [.. Enumerable.Range(0, 3000).Select(i => (byte)(i * i >> 3))];
    private static readonly byte[] Second = [.. Enumerable.Range(0, 20_000).Select(i => (byte)(i * 31 % 251 ^ i >> 5))];

    [Fact]
    public void Members_follow_each_other()
    {
        byte[] packed = [.. Pack(First), .. Pack([]), .. Pack(Second)];
        Assert.Equal(DecompressResult.Done, Unpack(packed, out var plain));
        Assert.Equal([.. First, .. Second], plain);
    }

    [Fact]
    public void A_member_that_ends_anywhere_before_its_end_is_cut()
    {
        foreach (var level in new[] { CompressionLevel.Optimal, CompressionLevel.NoCompression })
        {
            byte[] packed = [.. Pack(First, level), .. Pack(Second, level)];
            var firstBytes = Pack(First, level).Length;
            for (var length = 0; length < packed.Length; length++)
            {
                if (length != firstBytes)
                {
                    var result = Unpack(packed[..length], out _);
                    Assert.True(result == DecompressResult.Cut, $"{result} with {length} of {packed.Length} bytes, {level}");
                }
            }
        }
    }

    [Fact]
    public void Bytes_behind_that_begin_no_member_are_ignored() =>
        Gen.Select(Gen.Byte.Array[1, 20_000], Gen.Bool).Where((behind, _) => behind[0] != 0x1F).Sample((behind, isTwo) =>
        {
            byte[] packed = [.. Pack(First), .. isTwo ? Pack(Second) : [], .. behind];
            Assert.Equal(DecompressResult.Done, Unpack(packed, out var plain));
            Assert.Equal(isTwo ? [.. First, .. Second] : First, plain);
        });

    [Fact]
    public void The_limit_is_that_of_all_members()
    {
        byte[] packed = [.. Pack(First), .. Pack(Second)];
        Assert.Equal(DecompressResult.Done, Unpack(packed, out _, First.Length + Second.Length));
        Assert.Equal(DecompressResult.TooLarge, Unpack(packed, out _, First.Length + Second.Length - 1));
        Assert.Equal(DecompressResult.TooLarge, Unpack(packed, out _, First.Length));
    }

    [Fact]
    public void A_wrong_checksum_is_no_cut()
    {
        var packed = Pack(First);
        packed[^6] ^= 1;
        Assert.Equal(DecompressResult.Corrupt, Unpack(packed, out _));
        Assert.Equal(DecompressResult.Corrupt, Unpack([.. packed, .. Pack(Second)], out _));
    }

    private static byte[] Pack(byte[] plain, CompressionLevel level = CompressionLevel.Optimal)
    {
        using var packed = new MemoryStream();
        using (var packing = new GZipStream(packed, level, leaveOpen: true))
        {
            packing.Write(plain);
            packing.Flush();
        }

        return packed.ToArray();
    }

    private static DecompressResult Unpack(byte[] packed, out byte[] plain, int limit = 1_000_000)
    {
        using var into = new PooledBuffer(limit);
        var result = RecordCodec.Decompress(Protocol.Wire.Records.CompressionType.Gzip, packed, into);
        plain = into.Written.ToArray();
        return result;
    }
}

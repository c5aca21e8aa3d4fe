using System.Text;
using Kernel;
using Kernel.Machines;

namespace Tests.Unit.Kernel;

public class Crc32CTests
{
    [Theory]
    [InlineData("", 0u)]
    [InlineData("123456789", 0xE3069283u)]
    [InlineData("a", 0xC1D04330u)]
    public void Known_values(string text, uint expected) => Assert.Equal(expected, Crc32C.Compute(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Thirty_two_zeros_of_the_RFC() => Assert.Equal(0x8A9136AAu, Crc32C.Compute(new byte[32]));

    [Fact]
    public void Every_length_around_the_lanes_agrees_with_the_definition()
    {
        var bytes = new byte[40_000];
        var chance = new Prng(7);
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)chance.NextBits();
        }

        int[] edges = [0, 1, 7, 8, 255, 256, 257, 767, 768, 769, 776, 1023, 1536, 2047, 2048, 2304, 6143, 6144, 6145, 6912, 12_288, 13_000, 39_990];
        foreach (var length in edges)
        {
            for (var start = 0; start < 9; start++)
            {
                var span = bytes.AsSpan(start, length);
                Assert.Equal(BitByBit(span), Crc32C.Compute(span));
            }
        }
    }

    [Fact]
    public void Pieces_give_what_the_whole_gives()
    {
        var bytes = new byte[20_000];
        new Random(3).NextBytes(bytes);
        var whole = Crc32C.Compute(bytes);
        foreach (var cut in new[] { 0, 1, 700, 5000, 6144, 19_999 })
        {
            Assert.Equal(whole, ~Crc32C.Update(Crc32C.Update(uint.MaxValue, bytes.AsSpan(0, cut)), bytes.AsSpan(cut)));
        }
    }

    private static uint BitByBit(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
            }
        }

        return ~crc;
    }
}

using Kernel;
using Protocol.Wire.Codec;

namespace Tests.Unit.Wire;

public class FrameWriterTests
{
    [Fact]
    public void A_frame_ends_at_its_bound()
    {
        // Refused before a byte is copied: neither array is ever touched.
        using var writer = new FrameWriter();
        writer.WriteInt32(1);
        Assert.Throws<OverflowException>(() => writer.WriteRaw(new byte[Limits.MaxResponseFrameBytes]));
        var records = new WireRecords(new byte[Limits.MaxResponseFrameBytes - 8]);
        writer.WriteRecords(records, compact: false);
        Assert.Throws<OverflowException>(() => writer.WriteRecords(records, compact: false));
        Assert.Equal(12 + records.LengthBytes, writer.TotalBytes);
    }
}

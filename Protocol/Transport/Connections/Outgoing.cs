using Protocol.Transport.Loops;
using Protocol.Wire.Codec;

namespace Protocol.Transport.Connections;

/// <summary>Something in line to be sent. It owns its frame until that has been sent or dropped; no frame sends nothing and still keeps its place.</summary>
internal abstract class Outgoing : LoopWork
{
    public FrameWriter? Frame { get; set; }

    /// <summary>Disposes the frame, if there is one.</summary>
    public void DropFrame()
    {
        var frame = Frame;
        Frame = null;
        frame?.Dispose();
    }

    public override void Run()
    {
    }
}

using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Framing;

namespace Federation.Gateway.Upstream;

/// <summary>A request on its way to a broker.</summary>
/// <param name="Key">The API.</param>
/// <param name="Version">The version in which client and broker speak.</param>
/// <param name="ClientId">The client's own id: brokers log it and build member ids of it.</param>
/// <param name="Body">In the cluster's terms.</param>
/// <param name="Frame">The client's frame when the body holds slices of it that are spliced; it then lives until the request was sent.</param>
/// <param name="ReservedBytes">How large the answer may become, where that is much (Fetch); else 0.</param>
/// <param name="OneWay">No answer comes (Produce with acks=0).</param>
internal sealed record UpstreamRequest(
    ApiKey Key, short Version, string? ClientId, IWireMessage Body, FrameLease? Frame = null, long ReservedBytes = 0, bool OneWay = false)
{
    private bool _isReserved;

    /// <summary>Notes that the reserved bytes count against the connection from now on.</summary>
    public void Reserve() => _isReserved = true;

    /// <summary>What has to be given back; 0 when nothing was reserved.</summary>
    public long TakeReservation()
    {
        var bytes = _isReserved ? ReservedBytes : 0;
        _isReserved = false;
        return bytes;
    }

    /// <summary>The complete frame.</summary>
    public FrameWriter Encode(int correlationId)
    {
        var writer = new FrameWriter();
        try
        {
            writer.BeginFrame();
            new RequestHeader((short)Key, Version, correlationId, ClientId).Write(writer);
            Body.Write(writer, Version);
            writer.EndFrame();
            if (Frame is not null && writer.Splices.Count > 0)
            {
                writer.Own(Frame.Retain());
            }

            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }
}

/// <summary>A client's frame that several may need: the request's handler, and every upstream frame that splices parts of it.</summary>
internal sealed class FrameLease(ReceivedFrame frame) : IDisposable
{
    private int _holders = 1;

    /// <summary>One more holder; the result is disposed once by it.</summary>
    public IDisposable Retain()
    {
        Interlocked.Increment(ref _holders);
        return this;
    }

    /// <summary>One holder less; the last gives the frame back.</summary>
    public void Dispose()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            frame.Dispose();
        }
    }
}

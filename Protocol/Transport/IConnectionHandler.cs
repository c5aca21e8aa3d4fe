using Protocol.Wire.Codec;

namespace Protocol.Transport;

/// <summary>
/// The other side's view of one accepted connection. Made per connection, owned by the transport. It is called on the thread of an event loop,
/// which many connections share: a write to a file is fine there, anything that may wait (a lock held over I/O, another server, an fsync) is
/// not, and a wait for something that the same loop has to do never ends. Who has to block awaits <see cref="Task.Yield"/> first and goes on on the pool.
/// </summary>
public interface IConnectionHandler
{
    /// <summary>
    /// Takes one request frame, without its length field. Called in arrival order and never twice at once for a connection; what must
    /// happen in arrival order (an append, a membership change) happens before the call returns. The returned task may stay pending (a
    /// long poll, an ack that waits for the disk): later frames are handled meanwhile, and answers leave in the order of the requests.
    /// The handler owns the frame and disposes it, at the latest through <see cref="FrameWriter.Own"/> of the answer.
    /// An exception closes the connection. A task that is completed on the loop's thread (by a <see cref="FrameClient"/> of the same loop) is answered
    /// from there; one that another thread completes wakes the loop.
    /// </summary>
    /// <param name="frame">The request, from its API key on.</param>
    /// <param name="closed">Cancelled when the connection is gone, on the loop's thread.</param>
    ValueTask<Answer> HandleAsync(ReceivedFrame frame, CancellationToken closed);

    /// <summary>
    /// The transport refuses what came instead of a frame: one that is too long, or none at all. At most once; the connection is closed next, and
    /// the transport has logged it.
    /// </summary>
    void OnRefused()
    {
    }

    /// <summary>The connection is gone. Called once, after the last <see cref="HandleAsync"/> has returned (its task may still be pending).</summary>
    void OnClosed();
}

/// <summary>What to do with a request that has been handled.</summary>
/// <param name="Frame">The complete frame to send; null sends nothing (acks=0).</param>
/// <param name="CloseAfter">Close the connection once everything before it, and the frame, has been sent.</param>
/// <param name="Mute">Do not read from the connection for this long after sending (KIP-219: reply first, then mute).</param>
public readonly record struct Answer(FrameWriter? Frame, bool CloseAfter = false, TimeSpan Mute = default)
{
    /// <summary>Nothing to send.</summary>
    public static readonly Answer None = new(null);

    /// <summary>Close without a word, as Kafka does with what it cannot read.</summary>
    public static readonly Answer Close = new(null, CloseAfter: true);
}

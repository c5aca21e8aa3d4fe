using System.Net.Sockets;

namespace Protocol.Transport.Sockets;

/// <summary>A connected stream that never waits: each call does what can be done now. Owned by one loop.</summary>
internal abstract class StreamSocket : PollSource
{
    /// <summary>Nothing can be done now; the poller says when.</summary>
    public const int WouldBlock = -1;

    /// <summary>The connection is broken; <see cref="Failure"/> says why.</summary>
    public const int Failed = -2;

    /// <summary>The connection cannot hand files to the kernel: they have to be copied.</summary>
    public const int Unsupported = -3;

    /// <summary>Why the last call returned <see cref="Failed"/>.</summary>
    public string Failure { get; protected set; } = "";

    /// <summary>Whether <see cref="SendFile"/> is worth trying.</summary>
    public abstract bool CanSendFile { get; }

    /// <summary>Fills the first span, then the second (which may be empty). Bytes received, 0 at the end of the stream, or a negative result from above.</summary>
    public abstract int Receive(Span<byte> first, Span<byte> second);

    /// <summary>Sends what was gathered, in one call to the kernel. Bytes sent or a negative result.</summary>
    /// <param name="more">More follows at once: the kernel may hold back an incomplete segment.</param>
    public abstract int Send(OutputGather output, bool more);

    /// <summary>Sends bytes of a file without copying them here. Bytes sent or a negative result.</summary>
    /// <param name="from">How many bytes of the slice have been sent already.</param>
    public abstract int SendFile(FileSlice slice, int from);

    /// <summary>Of a socket that is connecting, once it is ready for writing: null when it is connected, else why not.</summary>
    public abstract SocketException? ConnectFailure();
}

namespace Protocol.Transport.Sockets;

/// <summary>What a poller is asked to report of a socket. Failures are reported in any case where the platform can.</summary>
[Flags]
internal enum Interest
{
    None = 0,
    Read = 1,
    Write = 2,

    /// <summary>Only reported: the connection is broken or both sides have ended it. Nothing can be sent or will come any more.</summary>
    Broken = 4,
}

/// <summary>Told when a socket is ready. Called on the loop's thread; a spurious call is possible and must do no harm.</summary>
internal interface IReadySink
{
    /// <param name="ready">What can be done without waiting. A broken socket is ready for everything.</param>
    void OnReady(Interest ready);
}

/// <summary>A socket that a <see cref="Poller"/> can watch. Owned by one loop: only its thread may touch it.</summary>
internal abstract class PollSource
{
    /// <summary>Who is told; set before the source is added to a poller.</summary>
    internal IReadySink? Sink { get; set; }

    /// <summary>The poller's place for it; -1 when it is not watched.</summary>
    internal int PollIndex { get; set; } = -1;

    /// <summary>Closes the socket. It must have been removed from its poller. May be called again.</summary>
    public abstract void Close();
}

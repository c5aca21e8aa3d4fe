namespace Protocol.Transport.Sockets;

/// <summary>Waits until sockets are ready, by level: what was not taken is reported again. One per loop; only <see cref="Wake"/> may be called by other threads.</summary>
internal abstract class Poller : IDisposable
{
    public abstract void Add(PollSource source, Interest interest);

    public abstract void Change(PollSource source, Interest interest);

    /// <summary>Events of the source that were already taken from the kernel are dropped.</summary>
    public abstract void Remove(PollSource source);

    /// <summary>Waits for at most so many milliseconds (-1: for ever) and tells the sinks what is ready.</summary>
    public abstract void Wait(int timeoutMs);

    /// <summary>Makes a waiting <see cref="Wait"/> return, or the next one if none waits.</summary>
    public abstract void Wake();

    public abstract void Dispose();
}

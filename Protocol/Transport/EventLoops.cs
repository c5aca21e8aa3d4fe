using Protocol.Transport.Sockets;

namespace Protocol.Transport;

/// <summary>
/// The threads on which connections live. Each connection stays on one of them; servers and clients of a process share them, so that a
/// client opened from a handler lives on the thread of the connection that wanted it. Thread-safe.
/// </summary>
public sealed class EventLoops : IDisposable
{
    /// <summary>More threads than this have not been seen to help; the kernel's work is what costs.</summary>
    private const int MaxSharedLoops = 4;

    private static readonly Lazy<EventLoops> SharedLoops = new(() => new(Math.Min(MaxSharedLoops, Environment.ProcessorCount)));

    private readonly Loops.EventLoop[] _loops;
    private int _next = -1;

    /// <summary>Starts so many threads. They end with <see cref="Dispose"/>.</summary>
    public EventLoops(int threads)
        : this(threads, SocketPlatform.Native)
    {
    }

    internal EventLoops(int threads, SocketPlatform platform)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _loops = [.. Enumerable.Range(0, threads).Select(i => new Loops.EventLoop(platform, $"transport-{i}"))];
    }

    /// <summary>The loops of the process: one for each processor, at most four. Started when first asked for, never stopped.</summary>
    public static EventLoops Shared => SharedLoops.Value;

    /// <summary>True on a thread of these or any other loops: code that may block has no business here.</summary>
    public static bool IsLoopThread => Loops.EventLoop.Current is not null;

    /// <summary>How many threads there are.</summary>
    public int Count => _loops.Length;

    /// <summary>Stops the threads, once their servers and clients have been disposed.</summary>
    public void Dispose()
    {
        foreach (var loop in _loops)
        {
            loop.Stop();
        }
    }

    /// <summary>The loop for the next connection, in turn.</summary>
    internal Loops.EventLoop Next() => _loops[(int)((uint)Interlocked.Increment(ref _next) % (uint)_loops.Length)];
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using Broker.Core.Fetching;
using Hosting;
using Kernel.Machines;

namespace Broker.Node.Fetching;

/// <summary>The node's incremental fetch sessions: the table under a lock. Any thread; a session's gate may be held, none is taken.</summary>
public sealed class FetchSessions
{
    private readonly Lock _lock = new();
    private readonly Clock _clock;
    private readonly FetchSessionTable<WatchedPartition> _table;
    private readonly List<FetchSession<WatchedPartition>> _evicted = [];

    /// <param name="maxSessions">Sessions held at once (max.incremental.fetch.session.cache.slots).</param>
    public FetchSessions(Clock clock, int maxSessions)
    {
        _clock = clock;

        // Session ids only have to differ; unpredictable ones keep clients that guess out of each other's sessions.
        Span<byte> seed = stackalloc byte[8];
        RandomNumberGenerator.Fill(seed);
        _table = new(new Prng(BinaryPrimitives.ReadUInt64LittleEndian(seed)), maxSessions);
    }

    /// <summary>Sessions that are open.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _table.Count;
            }
        }
    }

    internal WatchedSession? Find(int id)
    {
        lock (_lock)
        {
            return (WatchedSession?)_table.Find(id);
        }
    }

    /// <summary>Whether a session of so many partitions could be opened now.</summary>
    internal bool HasRoom(int partitions)
    {
        lock (_lock)
        {
            return _table.HasRoom(partitions, _clock.Monotonic);
        }
    }

    /// <summary>
    /// Opens a session, which has an id then. Those that made place are closed a moment later, on a pool thread: their gates may not be
    /// taken here.
    /// </summary>
    internal bool TryOpen(WatchedSession session)
    {
        lock (_lock)
        {
            var opened = _table.TryOpen(session, _clock.Monotonic, _evicted);
            foreach (var evicted in _evicted)
            {
                ThreadPool.UnsafeQueueUserWorkItem(static session => session.Close(), (WatchedSession)evicted, preferLocal: false);
            }

            _evicted.Clear();
            return opened;
        }
    }

    /// <summary>A request used the session. False when it is gone, or has too many partitions now.</summary>
    internal bool Use(WatchedSession session)
    {
        lock (_lock)
        {
            return _table.Use(session, _clock.Monotonic);
        }
    }

    /// <summary>Forgets the session of that id and gives it, for the caller to close; null when there is none.</summary>
    internal WatchedSession? Remove(int id)
    {
        lock (_lock)
        {
            return _table.Find(id) is { } session && _table.Remove(session) ? (WatchedSession)session : null;
        }
    }

    /// <summary>Forgets a session, if it is still there.</summary>
    internal void Remove(WatchedSession session)
    {
        lock (_lock)
        {
            _table.Remove(session);
        }
    }
}

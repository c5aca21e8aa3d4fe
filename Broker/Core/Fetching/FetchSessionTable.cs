using Kernel;
using Kernel.Machines;

namespace Broker.Core.Fetching;

/// <summary>
/// Which incremental fetch sessions exist (KIP-227). Bounded by their number and by the partitions in all of them together. When there is
/// no room, the session that was unused for the longest makes place if that is long enough; else the newcomer gets none and keeps sending
/// full fetches, which the protocol allows. Kafka's rule about larger sessions displacing smaller ones is left out: it lets clients evict
/// each other's live sessions in turn. Owned by its host, one call at a time.
/// </summary>
public sealed class FetchSessionTable<TPartition>(Prng prng, int maxSessions = Limits.MaxFetchSessions, int maxPartitions = Limits.MaxFetchSessionPartitions)
    where TPartition : FetchSessionPartition
{
    /// <summary>A session that was used more recently than this is never evicted (Kafka: two minutes).</summary>
    public static readonly TimeSpan MinIdleBeforeEviction = TimeSpan.FromMinutes(2);

    private readonly Dictionary<int, FetchSession<TPartition>> _byId = [];
    private FetchSession<TPartition>? _oldest;
    private FetchSession<TPartition>? _newest;

    public int Count => _byId.Count;

    /// <summary>Partitions of all sessions together.</summary>
    public long PartitionCount { get; private set; }

    /// <summary>The session of that id, or null.</summary>
    public FetchSession<TPartition>? Find(int id) => _byId.GetValueOrDefault(id);

    /// <summary>Whether a session of so many partitions could be opened now. Changes nothing.</summary>
    public bool HasRoom(int partitions, Instant now)
    {
        var sessions = _byId.Count;
        var total = PartitionCount + partitions;
        for (var victim = _oldest; sessions >= maxSessions || total > maxPartitions; victim = victim.NewerSession)
        {
            if (victim is null || !IsEvictable(victim, now))
            {
                return false;
            }

            sessions--;
            total -= victim.CountedPartitions;
        }

        return true;
    }

    /// <summary>Gives a session an id and keeps it, if there is room or room can be made.</summary>
    /// <param name="evicted">The sessions that made place are added here: the host closes them.</param>
    /// <returns>False when there is no room; nothing has changed then.</returns>
    public bool TryOpen(FetchSession<TPartition> session, Instant now, List<FetchSession<TPartition>> evicted)
    {
        if (!HasRoom(session.Count, now))
        {
            return false;
        }

        while (_byId.Count >= maxSessions || PartitionCount + session.Count > maxPartitions)
        {
            var victim = _oldest!;
            Remove(victim);
            evicted.Add(victim);
        }

        do
        {
            session.Id = 1 + prng.Next(int.MaxValue);
        }
        while (!_byId.TryAdd(session.Id, session));

        session.CountedPartitions = session.Count;
        PartitionCount += session.CountedPartitions;
        session.LastUsedTicks = now.Ticks;
        AppendNewest(session);
        return true;
    }

    /// <summary>A request used the session, and perhaps changed its partitions.</summary>
    /// <returns>False when its partitions are too many for the table: it was removed, and the host closes it.</returns>
    public bool Use(FetchSession<TPartition> session, Instant now)
    {
        if (!IsKept(session))
        {
            return false;
        }

        PartitionCount += session.Count - session.CountedPartitions;
        session.CountedPartitions = session.Count;
        if (PartitionCount > maxPartitions)
        {
            Remove(session);
            return false;
        }

        session.LastUsedTicks = now.Ticks;
        if (session != _newest)
        {
            Unlink(session);
            AppendNewest(session);
        }

        return true;
    }

    /// <summary>Forgets a session; false when it is not there any more.</summary>
    public bool Remove(FetchSession<TPartition> session)
    {
        if (!IsKept(session))
        {
            return false;
        }

        _byId.Remove(session.Id);
        PartitionCount -= session.CountedPartitions;
        session.CountedPartitions = 0;
        Unlink(session);
        return true;
    }

    private static bool IsEvictable(FetchSession<TPartition> session, Instant now) => now - new Instant(session.LastUsedTicks) >= MinIdleBeforeEviction;

    private bool IsKept(FetchSession<TPartition> session) => _byId.TryGetValue(session.Id, out var kept) && ReferenceEquals(kept, session);

    private void AppendNewest(FetchSession<TPartition> session)
    {
        session.OlderSession = _newest;
        session.NewerSession = null;
        if (_newest is { } newest)
        {
            newest.NewerSession = session;
        }
        else
        {
            _oldest = session;
        }

        _newest = session;
    }

    private void Unlink(FetchSession<TPartition> session)
    {
        if (session.OlderSession is { } older)
        {
            older.NewerSession = session.NewerSession;
        }
        else
        {
            _oldest = session.NewerSession;
        }

        if (session.NewerSession is { } newer)
        {
            newer.OlderSession = session.OlderSession;
        }
        else
        {
            _newest = session.OlderSession;
        }

        session.OlderSession = session.NewerSession = null;
    }
}

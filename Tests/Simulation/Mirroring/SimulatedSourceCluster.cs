using System.Collections.Immutable;
using Federation.Core.Mirroring;
using Kernel.Machines;
using Protocol.Wire;

namespace Tests.Simulation.Mirroring;

/// <summary>A topic of the source's cluster.</summary>
internal sealed class SourceTopicState(string name, Guid id, int partitions, int brokers)
{
    public string Name => name;
    public Guid Id { get; set; } = id;
    public List<SourceLog> Logs { get; } = [.. Enumerable.Range(0, partitions).Select(_ => new SourceLog())];
    public List<int> Leaders { get; } = [.. Enumerable.Range(0, partitions).Select(p => p % brokers)];
}

/// <summary>The source's brokers: metadata, fetch sessions with long polls, restarts, leaders that move.</summary>
internal sealed class SimulatedSourceCluster(SimulatedTime time, Prng prng)
{
    public Dictionary<string, SourceTopicState> Topics { get; } = [];

    /// <summary>Grows with each restart of a broker: sessions and requests of an older one are gone.</summary>
    public Dictionary<int, int> Incarnations { get; } = [];
    public HashSet<int> Down { get; } = [];

    public ResolvedTopic Describe(string name) =>
        !Topics.TryGetValue(name, out var topic)
            ? new(name, ErrorCode.UnknownTopicOrPartition, Guid.Empty, [], null)
            : new(name, ErrorCode.None, topic.Id, [.. topic.Leaders.Select(b => Down.Contains(b) ? -1 : b)], ImmutableSortedDictionary<string, string>.Empty);

    public SourceTopicState? Find(Guid id) => Topics.Values.FirstOrDefault(t => t.Id == id);

    public TimeSpan Delay() => TimeSpan.FromMicroseconds(50 + prng.Next(2000));

    public void Restart(int broker, TimeSpan down)
    {
        Incarnations[broker] = Incarnations.GetValueOrDefault(broker) + 1;
        Down.Add(broker);
        time.After(down, () => Down.Remove(broker));
    }
}

/// <summary>One connection's fetch session with one broker.</summary>
internal sealed class SimulatedFetchSession(SimulatedSourceCluster cluster, SimulatedTime time, Prng prng, int broker, Func<BatchPayload, BatchPayload> track)
{
    private readonly Dictionary<(Guid, int), (long Offset, long Hw, long Start)> _partitions = [];
    private readonly List<(Guid, int)> _order = [];
    private int _incarnation = -1;

    // Which life of the broker the connection leads to; null before it is made.
    private int? _connection;
    private bool _isUnderWay;

    // An abandoned fetch has lost its connection: unless its answer is on the way already, none comes.
    private int _current;

    public void Fetch(SourceEffect.Fetch fetch, Action<SourceInput> answer)
    {
        if (_isUnderWay)
        {
            _connection = null;
        }

        _isUnderWay = true;
        _current = fetch.Attempt;
        time.After(cluster.Delay(), () =>
        {
            if (_current != fetch.Attempt)
            {
                return;
            }

            var incarnation = cluster.Incarnations.GetValueOrDefault(broker);
            if (cluster.Down.Contains(broker))
            {
                Fail("connection refused");
                return;
            }

            if (_connection is { } life && life != incarnation)
            {
                Fail("the connection ended while nothing was fetched");
                return;
            }

            _connection = incarnation;

            if (fetch.IsNewSession)
            {
                _incarnation = incarnation;
                _partitions.Clear();
                _order.Clear();
            }
            else if (incarnation != _incarnation)
            {
                _isUnderWay = false;
                answer(new SourceInput.FetchFailed(broker, fetch.Attempt, IsSessionLost: true, "FETCH_SESSION_ID_NOT_FOUND"));
                return;
            }

            foreach (var set in fetch.Set)
            {
                if (!_partitions.ContainsKey((set.TopicId, set.Partition)))
                {
                    _order.Add((set.TopicId, set.Partition));
                }

                _partitions[(set.TopicId, set.Partition)] = (set.Offset, -1, -1);
            }

            foreach (var forget in fetch.Forget)
            {
                _partitions.Remove((forget.TopicId, forget.Partition));
                _order.Remove((forget.TopicId, forget.Partition));
            }

            Poll(fetch, answer, time.Ticks + TimeSpan.FromMilliseconds(500).Ticks);
        });

        void Fail(string reason)
        {
            _connection = null;
            _isUnderWay = false;
            answer(new SourceInput.FetchFailed(broker, fetch.Attempt, IsSessionLost: false, reason));
        }
    }

    private void Poll(SourceEffect.Fetch fetch, Action<SourceInput> answer, long until)
    {
        if (_current != fetch.Attempt)
        {
            return;
        }

        if (cluster.Incarnations.GetValueOrDefault(broker) != _connection)
        {
            _connection = null;
            _isUnderWay = false;
            time.After(cluster.Delay(), () => answer(new SourceInput.FetchFailed(broker, fetch.Attempt, IsSessionLost: false, "connection reset")));
            return;
        }

        var found = new List<FetchedPartition>();
        var budget = fetch.MaxBytes;
        foreach (var (id, index) in _order.ToList())
        {
            var (offset, hw, start) = _partitions[(id, index)];
            var topic = cluster.Find(id);
            if (topic is null || topic.Leaders[index] != broker)
            {
                found.Add(new(id, index, topic is null ? ErrorCode.UnknownTopicId : ErrorCode.NotLeaderOrFollower, -1, -1, null));
                continue;
            }

            var log = topic.Logs[index];
            var (error, bytes) = log.Read(offset, Math.Min(budget, 4000), budget == fetch.MaxBytes, prng);
            if (error != ErrorCode.None)
            {
                found.Add(new(id, index, error, -1, -1, null));
            }
            else if (bytes is not null || log.HighWatermark != hw || log.Start != start)
            {
                _partitions[(id, index)] = (offset, log.HighWatermark, log.Start);
                budget -= bytes?.Length ?? 0;
                BatchPayload? payload = null;
                if (bytes is not null)
                {
                    var range = BatchRange.Read(bytes);
                    payload = track(new(bytes.AsMemory(0, range.WholeBytes), range));
                    _order.Remove((id, index));
                    _order.Add((id, index));
                }

                found.Add(new(id, index, ErrorCode.None, log.HighWatermark, log.Start, payload));
            }
        }

        if (found.Count > 0 || time.Ticks >= until)
        {
            // A broker without room answers fully and keeps no session.
            var isKept = prng.Chance(0.97);
            _incarnation = isKept ? _incarnation : -1;
            _isUnderWay = false;
            time.After(cluster.Delay(), () => answer(new SourceInput.Fetched(broker, fetch.Attempt, TimeSpan.Zero, isKept, [.. found])));
        }
        else
        {
            time.After(TimeSpan.FromMilliseconds(1), () => Poll(fetch, answer, until));
        }
    }
}

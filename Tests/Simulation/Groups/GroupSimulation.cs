using Broker.Core.Groups;
using Kernel.Machines;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Messages;

namespace Tests.Simulation.Groups;

/// <summary>
/// Consumers of a few groups, a coordinator that crashes, a disk that takes its time: all driven by one seed. What must hold is checked
/// whenever somebody learns something.
/// </summary>
internal sealed class GroupSimulation
{
    private const int Partitions = 7;
    private static readonly Guid TopicId = new(1, 2, 3, new byte[8]);

    private readonly Prng _random;
    private readonly GroupCoordinatorModel _coordinator;
    private readonly List<ConsumerModel> _consumers = [];
    private readonly Dictionary<long, Action<GroupReply>> _asked = [];
    private readonly Dictionary<(string Group, int Generation, int Partition), string> _owners = [];
    private readonly Dictionary<string, int> _generations = [];
    private readonly Dictionary<(string Group, int Partition), OffsetTrack> _offsets = [];
    private long _requests;
    private Now _now = new(new Instant(0), 1_700_000_000_000);

    public GroupSimulation(ulong seed)
    {
        _random = new Prng(seed);
        var settings = new GroupSettings
        {
            InitialRebalanceDelay = _random.Chance(0.5) ? TimeSpan.Zero : TimeSpan.FromSeconds(3),
            OffsetsRetentionCheckInterval = TimeSpan.FromDays(1),
        };
        _coordinator = new GroupCoordinatorModel(settings, _random, _now, OnAnswer);
        var groups = 1 + _random.Next(3);
        for (var i = 0; i < 2 + _random.Next(7); i++)
        {
            _consumers.Add(new ConsumerModel(this, i, $"g{_random.Next(groups)}", _random.Chance(0.3) ? $"i{i}" : null));
        }
    }

    /// <summary>How often members learned what they own, over all groups. A run in which nobody did has tested nothing.</summary>
    public int Syncs { get; private set; }

    public long NextRequest => _requests + 1;

    public Guid Uuid() => _random.NextGuid();

    /// <summary>Runs with faults, then without until everything must have settled.</summary>
    public void Run(int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            Fault();
            Turn();
        }

        foreach (var consumer in _consumers.Where(c => c.IsDead))
        {
            consumer.Revive();
        }

        for (var end = _now.Monotonic + TimeSpan.FromMinutes(8); _now.Monotonic < end;)
        {
            Turn();
        }

        CheckSettled();
        Require(GroupCoordinatorModel.Fingerprint(_coordinator.Ledger) == GroupCoordinatorModel.Fingerprint(_coordinator.Replay()), "the log says what the ledger holds");
    }

    public MemberProtocol[] Protocols()
    {
        using var writer = new FrameWriter();
        writer.WriteInt16(0);
        new ConsumerProtocolSubscription { Topics = ["t"] }.Write(writer, 0);
        var subscription = writer.ToArray();
        return _random.Chance(0.5)
            ? [new("range", subscription), new("sticky", subscription)]
            : [new("sticky", subscription), new("range", subscription)];
    }

    /// <summary>A leader's work: every partition to one of the members.</summary>
    public List<MemberAssignment> Assign(List<string> members)
    {
        var shares = members.ConvertAll(_ => new List<byte>());
        for (byte p = 0; p < Partitions && shares.Count > 0; p++)
        {
            shares[_random.Next(shares.Count)].Add(p);
        }

        return members.Select((m, i) => new MemberAssignment(m, shares[i].ToArray())).ToList();
    }

    public void Send(ConsumerModel consumer, Func<long, GroupInput> input) => Send(input, (request, reply) => consumer.OnReply(request, reply));

    public void CheckJoined(ConsumerModel consumer, GroupReply.Joined joined)
        => Require(joined.Generation >= _generations.GetValueOrDefault(consumer.Group), "a generation that is begun is not below one that somebody synced");

    public void CheckOwned(ConsumerModel consumer)
    {
        Syncs++;
        Require(consumer.Generation >= _generations.GetValueOrDefault(consumer.Group), "generations never fall");
        _generations[consumer.Group] = consumer.Generation;
        foreach (var partition in consumer.Owned)
        {
            var key = (consumer.Group, consumer.Generation, partition);
            Require(_owners.TryAdd(key, consumer.Identity) || _owners[key] == consumer.Identity, $"partition {key} has one owner: {_owners[key]} and {consumer.Identity}");
        }
    }

    private void Turn()
    {
        var deadline = _coordinator.Deadline;
        var next = _now.Monotonic + TimeSpan.FromMilliseconds(1 + _random.Next(1500));
        if (deadline is { } due && due < next && due > _now.Monotonic)
        {
            next = due;
        }

        _now = new Now(next, _now.WallMs + (long)(next - _now.Monotonic).TotalMilliseconds);
        Step(GroupInput.Tick.Instance);
        var first = _random.Next(_consumers.Count);
        for (var i = 0; i < _consumers.Count; i++)
        {
            var consumer = _consumers[(first + i) % _consumers.Count];
            consumer.Act(_now);
            if (_random.Chance(0.3))
            {
                Commit(consumer);
            }
        }

        if (_random.Chance(0.1))
        {
            Fetch();
        }

        if (_random.Chance(0.8))
        {
            _coordinator.WriteSome(_now);
        }
    }

    private void Fault()
    {
        var consumer = _consumers[_random.Next(_consumers.Count)];
        switch (_random.Next(60))
        {
            case 0 when !consumer.IsDead:
                consumer.Die();
                break;
            case 1 or 2 when consumer.IsDead:
                consumer.Revive();
                break;
            case 3:
                consumer.Leave();
                break;
            case 4:
                consumer.Resubscribe();
                break;
            case 5:
                consumer.Disconnect();
                break;
            case 6:
                Crash();
                break;
        }
    }

    private void Crash()
    {
        // Nobody hears of what was asked before.
        _asked.Clear();
        foreach (var consumer in _consumers)
        {
            consumer.Disconnect();
        }


        _coordinator.Crash(_now);
    }

    private void Commit(ConsumerModel consumer)
    {
        if (consumer.Generation < 0 || consumer.Owned.Count == 0)
        {
            return;
        }

        var partition = consumer.Owned[_random.Next(consumer.Owned.Count)];
        var track = Track(consumer.Group, partition);
        var value = ++track.LastSent;
        Send(
            r => new GroupInput.CommitOffsets(r, consumer.Group, consumer.MemberId, null, consumer.Generation, -1, [new("t", TopicId, partition, value, -1, null)]),
            (_, reply) =>
            {
                if (reply is GroupReply.Offsets { Error: ErrorCode.None })
                {
                    track.LastAcknowledged = Math.Max(track.LastAcknowledged, value);
                }
            });
    }

    private void Fetch()
    {
        var group = _consumers[_random.Next(_consumers.Count)].Group;
        var partition = _random.Next(Partitions);
        var track = Track(group, partition);
        var atLeast = Math.Max(track.LastAcknowledged, track.LastSeen);
        Send(r => new GroupInput.FetchOffsets(r, group, [new OffsetKey("t", partition)]), (_, reply) =>
        {
            var seen = ((GroupReply.Fetched)reply).Found[0].Value?.Offset ?? 0;
            Require(seen >= atLeast && seen <= track.LastSent, $"{group}/{partition} is at {seen}, not between {atLeast} and {track.LastSent}");
            track.LastSeen = Math.Max(track.LastSeen, seen);
        });
    }

    private void Send(Func<long, GroupInput> input, Action<long, GroupReply> onReply)
    {
        var request = ++_requests;
        _asked.Add(request, reply => onReply(request, reply));
        var asked = input(request);
        CheckPurity();
        Step(asked);
    }

    private void Step(GroupInput input) => _coordinator.Step(input, _now);

    private void OnAnswer(long request, GroupReply reply)
    {
        Require(_asked.Remove(request, out var onReply), "a request is answered once, and by the coordinator that got it");
        onReply!(reply);
    }

    private void CheckPurity()
    {
        if (!_random.Chance(0.02))
        {
            return;
        }

        var ledger = _coordinator.Ledger;
        var before = GroupCoordinatorModel.Fingerprint(ledger);
        GroupCommand[] commands =
        [
            new GroupCommand.CommitOffsets("g0", [new("t", TopicId, 0, 5, 0, "m")], 1),
            new GroupCommand.DeleteOffsets("g0", [new("t", 0)]),
            new GroupCommand.DeleteGroup("g0"),
            new GroupCommand.ExpireOffsets("g0", 0, null),
            new GroupCommand.RemoveTopics([new TopicKey("t", TopicId)]),
            new GroupCommand.StoreGroup("g0", new GroupImage("consumer", 99, null, null, 0, [])),
        ];
        foreach (var command in commands)
        {
            ledger.Decide(command, _now);
            Require(GroupCoordinatorModel.Fingerprint(ledger) == before, $"{command} was only decided");
        }
    }

    /// <summary>Without faults every group comes to one generation that all are in, with every partition owned.</summary>
    private void CheckSettled()
    {
        foreach (var group in _consumers.GroupBy(c => c.Group))
        {
            Require(group.Select(c => c.Generation).Distinct().Count() == 1 && group.First().Generation > 0, $"{group.Key} is in one generation: {string.Join(", ", group.Select(c => c.Generation))}");
            Require(group.SelectMany(c => c.Owned).Order().SequenceEqual(Enumerable.Range(0, Partitions)), $"all partitions of {group.Key} are owned once");
        }
    }

    private OffsetTrack Track(string group, int partition)
    {
        if (!_offsets.TryGetValue((group, partition), out var track))
        {
            _offsets.Add((group, partition), track = new OffsetTrack());
        }

        return track;
    }

    private void Require(bool condition, string what)
    {
        if (!condition)
        {
            throw new Xunit.Sdk.XunitException($"at {_now.Monotonic.Ticks / TimeSpan.TicksPerMillisecond} ms: it does not hold that {what}");
        }
    }

    private sealed class OffsetTrack
    {
        public long LastSent { get; set; }

        public long LastAcknowledged { get; set; }

        public long LastSeen { get; set; }

    }
}

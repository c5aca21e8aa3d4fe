using System.Buffers.Binary;
using Broker.Core.Groups;
using Kernel.Machines;
using Protocol.Wire.Codec;
using Protocol.Wire.Messages;

namespace Tests.Unit.Groups;

/// <summary>A machine with a clock that tests turn by hand and a log that commits at once, unless a test holds it back.</summary>
internal sealed class GroupWorld
{
    public const string Group = "g";

    private readonly Outbox<GroupEffect> _outbox = new();
    private readonly Dictionary<long, GroupReply> _replies = [];
    private long _request;
    private long _appended;

    public GroupWorld(GroupSettings? settings = null)
    {
        Settings = settings ?? new GroupSettings { InitialRebalanceDelay = TimeSpan.Zero };
        Machine = new GroupMachine(new GroupLedger(Settings), Settings, Now);
    }

    public GroupSettings Settings { get; }

    public GroupMachine Machine { get; private set; }

    public Now Now { get; private set; } = new(new Instant(1_000_000), 1_700_000_000_000);

    /// <summary>Everything that was appended.</summary>
    public List<GroupRecord> Log { get; } = [];

    /// <summary>Whether appends are committed at once.</summary>
    public bool IsCommitting { get; set; } = true;

    public static byte[] Subscription(params string[] topics)
    {
        var message = new ConsumerProtocolSubscription { Topics = [.. topics] };
        using var writer = new FrameWriter();
        writer.WriteInt16(1);
        message.Write(writer, 1);
        return writer.ToArray();
    }

    public static MemberProtocol[] Range(params string[] topics) => [new("range", Subscription(topics))];

    /// <summary>Sends an input and returns its number.</summary>
    public long Send(Func<long, GroupInput> input)
    {
        var request = ++_request;
        Step(input(request));
        return request;
    }

    /// <summary>The answer to a request, or null while it waits.</summary>
    public T? ReplyTo<T>(long request)
        where T : GroupReply
        => _replies.TryGetValue(request, out var reply) ? Assert.IsType<T>(reply) : null;

    public bool IsWaiting(long request) => !_replies.ContainsKey(request);

    public long BeginJoin(
        string memberId = "",
        string? instance = null,
        MemberProtocol[]? protocols = null,
        int sessionMs = 10_000,
        int rebalanceMs = 20_000,
        string type = "consumer",
        bool needsKnownId = false,
        bool canSkip = false,
        string group = Group,
        string clientId = "client")
        => Send(r => new GroupInput.Join(
            r, group, memberId, instance, clientId, "/127.0.0.1", sessionMs, rebalanceMs, type, protocols ?? Range("t"), needsKnownId, canSkip,
            new Guid((int)r, 0, 0, new byte[8])));

    public GroupReply.Joined Join(
        string memberId = "",
        string? instance = null,
        MemberProtocol[]? protocols = null,
        int sessionMs = 10_000,
        int rebalanceMs = 20_000,
        string type = "consumer",
        bool needsKnownId = false,
        bool canSkip = false,
        string group = Group)
    {
        var request = BeginJoin(memberId, instance, protocols, sessionMs, rebalanceMs, type, needsKnownId, canSkip, group);
        var reply = ReplyTo<GroupReply.Joined>(request);
        Assert.NotNull(reply);
        return reply;
    }

    public long BeginSync(string memberId, int generation, params (string Member, string Assignment)[] assignments)
        => Send(r => new GroupInput.Sync(
            r,
            Group,
            memberId,
            null,
            generation,
            null,
            null,
            [.. assignments.Select(a => new MemberAssignment(a.Member, System.Text.Encoding.UTF8.GetBytes(a.Assignment)))]));

    public GroupReply.Synced Sync(string memberId, int generation, params (string Member, string Assignment)[] assignments)
    {
        var reply = ReplyTo<GroupReply.Synced>(BeginSync(memberId, generation, assignments));
        Assert.NotNull(reply);
        return reply;
    }

    public Protocol.Wire.ErrorCode Heartbeat(string memberId, int generation, string? instance = null)
        => ReplyTo<GroupReply.Plain>(Send(r => new GroupInput.Heartbeat(r, Group, memberId, instance, generation)))!.Error;

    public GroupReply.Left Leave(params LeavingMember[] members)
        => ReplyTo<GroupReply.Left>(Send(r => new GroupInput.Leave(r, Group, members)))!;

    public long BeginCommit(long offset, string memberId = "", int generation = -1, string topic = "t", int partition = 0, string? metadata = null, long retentionMs = -1, string? instance = null, string group = Group)
        => Send(r => new GroupInput.CommitOffsets(
            r, group, memberId, instance, generation, retentionMs, [new OffsetToCommit(topic, IdOf(topic), partition, offset, -1, metadata)]));

    public GroupReply.Offsets Commit(long offset, string memberId = "", int generation = -1, string topic = "t", int partition = 0, string? metadata = null, long retentionMs = -1, string? instance = null, string group = Group)
        => ReplyTo<GroupReply.Offsets>(BeginCommit(offset, memberId, generation, topic, partition, metadata, retentionMs, instance, group))!;

    public long? Fetch(string topic = "t", int partition = 0, string group = Group)
        => ReplyTo<GroupReply.Fetched>(Send(r => new GroupInput.FetchOffsets(r, group, [new OffsetKey(topic, partition)])))!.Found[0].Value?.Offset;

    public GroupReply.Offsets DeleteOffsets(string topic, int partition = 0, string group = Group)
        => ReplyTo<GroupReply.Offsets>(Send(r => new GroupInput.DeleteOffsets(r, group, [new OffsetKey(topic, partition)])))!;

    public Protocol.Wire.ErrorCode Delete(string group = Group) => ReplyTo<GroupReply.Plain>(Send(r => new GroupInput.DeleteGroup(r, group)))!.Error;

    public GroupDescription Describe(string group = Group) => ReplyTo<GroupReply.Described>(Send(r => new GroupInput.Describe(r, group)))!.Group;

    public GroupState State => Describe().State;

    public static Guid IdOf(string topic) => new(GroupPartition.JavaHash(topic), 1, 1, new byte[8]);

    /// <summary>One member in a stable first generation.</summary>
    public string JoinAlone(string? instance = null, MemberProtocol[]? protocols = null, int sessionMs = 10_000)
    {
        var joined = Join(instance: instance, protocols: protocols, sessionMs: sessionMs);
        Assert.Equal(Protocol.Wire.ErrorCode.None, Sync(joined.MemberId, joined.Generation, (joined.MemberId, "all")).Error);
        return joined.MemberId;
    }

    /// <summary>Two members in a stable generation; the first leads.</summary>
    public (string Leader, string Follower, int Generation) JoinTwo(int sessionMs = 10_000)
    {
        var leader = JoinAlone(sessionMs: sessionMs);
        var second = BeginJoin(sessionMs: sessionMs);
        var first = Join(leader, sessionMs: sessionMs);
        var follower = ReplyTo<GroupReply.Joined>(second)!;
        var waiting = BeginSync(follower.MemberId, follower.Generation);
        Sync(leader, first.Generation, (leader, "one"), (follower.MemberId, "two"));
        Assert.Equal("two"u8.ToArray(), ReplyTo<GroupReply.Synced>(waiting)!.Assignment.ToArray());
        return (leader, follower.MemberId, first.Generation);
    }

    /// <summary>Lets time pass in one go; the machine is told at the end, and at its own deadlines on the way.</summary>
    public void Advance(TimeSpan span)
    {
        var end = Now.Monotonic + span;
        while (Machine.Deadline is { } deadline && deadline <= end)
        {
            MoveTo(deadline < Now.Monotonic ? Now.Monotonic : deadline);
            Step(GroupInput.Tick.Instance);
        }

        MoveTo(end);
        Step(GroupInput.Tick.Instance);
    }

    public void CommitAll() => Step(new GroupInput.Committed(_appended));

    /// <summary>A new machine over the log, as after a restart.</summary>
    public void Restart()
    {
        var ledger = new GroupLedger(Settings);
        foreach (var record in Log)
        {
            ledger.Apply(record);
        }

        Machine = new GroupMachine(ledger, Settings, Now);
        _appended = 0;
    }

    public void Step(GroupInput input)
    {
        Machine.Step(input, Now, _outbox);
        var hasAppended = false;
        foreach (var effect in _outbox.Effects.ToList())
        {
            switch (effect)
            {
                case GroupEffect.Append append:
                    Assert.Equal(_appended + 1, append.Sequence);
                    _appended = append.Sequence;
                    Log.AddRange(append.Records);
                    hasAppended = true;
                    break;
                case GroupEffect.Answer answer:
                    Assert.True(_replies.TryAdd(answer.Request, answer.Reply), "answered twice");
                    break;
            }
        }

        _outbox.Clear();
        if (hasAppended && IsCommitting)
        {
            CommitAll();
        }
    }

    private void MoveTo(Instant at) => Now = new Now(at, Now.WallMs + (long)(at - Now.Monotonic).TotalMilliseconds);
}

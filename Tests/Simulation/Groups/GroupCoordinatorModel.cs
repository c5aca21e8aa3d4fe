using Broker.Core.Groups;
using Kernel.Machines;
using Protocol.Wire.Codec;

namespace Tests.Simulation.Groups;

/// <summary>
/// The host of a group machine in a world without threads: a log of encoded records of which only a prefix is durable, and that a crash
/// may cut behind it.
/// </summary>
internal sealed class GroupCoordinatorModel
{
    private readonly GroupSettings _settings;
    private readonly Prng _random;
    private readonly Outbox<GroupEffect> _outbox = new();
    private readonly Action<long, GroupReply> _answered;
    private readonly List<(byte[] Key, byte[]? Value)> _log = [];
    private readonly Queue<(long Sequence, int LogEnd)> _undurable = new();
    private int _durableEnd;
    private GroupMachine _machine;

    public GroupCoordinatorModel(GroupSettings settings, Prng random, Now now, Action<long, GroupReply> answered)
    {
        (_settings, _random, _answered) = (settings, random, answered);
        _machine = new GroupMachine(new GroupLedger(settings), settings, now);
    }

    public Instant? Deadline => _machine.Deadline;

    public GroupLedger Ledger => _machine.Ledger;

    public void Step(GroupInput input, Now now)
    {
        _machine.Step(input, now, _outbox);
        var effects = _outbox.Effects.ToList();
        _outbox.Clear();
        foreach (var effect in effects)
        {
            switch (effect)
            {
                case GroupEffect.Append append:
                    _log.AddRange(append.Records.Select(Encode));
                    _undurable.Enqueue((append.Sequence, _log.Count));
                    break;
                case GroupEffect.Answer answer:
                    _answered(answer.Request, answer.Reply);
                    break;
            }
        }
    }

    /// <summary>The disk has written some of what waits for it, in order.</summary>
    public void WriteSome(Now now)
    {
        if (_undurable.Count == 0)
        {
            return;
        }

        var sequence = 0L;
        for (var n = 1 + _random.Next(_undurable.Count); n > 0; n--)
        {
            (sequence, _durableEnd) = _undurable.Dequeue();
        }

        Step(new GroupInput.Committed(sequence), now);
    }

    /// <summary>The process dies. Of what was not durable some may have reached the disk, in order. Then it starts again.</summary>
    public void Crash(Now now)
    {
        var end = _durableEnd + _random.Next(_log.Count - _durableEnd + 1);
        _log.RemoveRange(end, _log.Count - end);
        _durableEnd = end;
        _undurable.Clear();
        _machine = new GroupMachine(Replay(), _settings, now);
    }

    /// <summary>What the log says.</summary>
    public GroupLedger Replay()
    {
        var ledger = new GroupLedger(_settings);
        foreach (var (key, value) in _log)
        {
            ledger.Apply(GroupRecordCodec.Read(key, value is null ? null : (ReadOnlyMemory<byte>?)value)!);
        }

        return ledger;
    }

    /// <summary>A ledger's whole state as text; equal for equal states.</summary>
    public static string Fingerprint(GroupLedger ledger)
        => string.Join('\n', ledger.Snapshot().Select(Encode).Select(r => Convert.ToHexString(r.Key) + ":" + Convert.ToHexString(r.Value!)).Order(StringComparer.Ordinal));

    private static (byte[] Key, byte[]? Value) Encode(GroupRecord record)
    {
        using var key = new FrameWriter();
        using var value = new FrameWriter();
        GroupRecordCodec.WriteKey(record, key);
        return (key.ToArray(), GroupRecordCodec.TryWriteValue(record, value) ? value.ToArray() : null);
    }
}

using System.Collections.Immutable;
using Federation.Core.Mirroring;
using Kernel.Machines;
using Protocol.Wire;

namespace Tests.Simulation.Mirroring;

/// <summary>The destination's broker: MirrorOpen and MirrorAppend as their message files say, and restarts that lose answers.</summary>
internal sealed class SimulatedCopyBroker(SimulatedTime time, Prng prng, Func<string, int, SourceLog> truth)
{
    private sealed class Copy(Guid id)
    {
        public Guid Id => id;
        public long FencingEpoch { get; set; }
        public List<CopyLog> Logs { get; } = [];
    }

    private readonly Dictionary<string, Copy> _copies = [];
    private long _answersFrom;
    private int _incarnation;

    public int OpenCalls { get; private set; }

    public bool IsDown { get; private set; }

    public CopyLog? Find(string topic, int partition) => _copies.TryGetValue(topic, out var copy) && partition < copy.Logs.Count ? copy.Logs[partition] : null;

    public long FencingEpochOf(string topic) => _copies[topic].FencingEpoch;

    public void Fence(string topic, long epoch) => _copies[topic].FencingEpoch = epoch;

    public void Delete(string topic) => _copies.Remove(topic);

    public void Restart(TimeSpan down)
    {
        _incarnation++;
        IsDown = true;
        time.After(down, () => IsDown = false);
    }

    public void Open(MirrorEffect.OpenCopy open, Action<MirrorInput> answer)
    {
        OpenCalls++;
        Call(
            () =>
            {
                if (!_copies.TryGetValue(open.Topic, out var copy))
                {
                    _copies.Add(open.Topic, copy = new(open.TopicId));
                }

                var error = copy.Id != open.TopicId ? ErrorCode.TopicAlreadyExists : open.FencingEpoch < copy.FencingEpoch ? ErrorCode.FencedLeaderEpoch : ErrorCode.None;
                if (error != ErrorCode.None)
                {
                    return new MirrorInput.CopyOpened(open.Topic, open.Attempt, error, "refused", []);
                }

                copy.FencingEpoch = open.FencingEpoch;
                while (copy.Logs.Count < open.PartitionCount)
                {
                    copy.Logs.Add(new(truth(open.Topic, copy.Logs.Count)));
                }

                return new MirrorInput.CopyOpened(open.Topic, open.Attempt, ErrorCode.None, null, [.. copy.Logs.Select((l, i) => new CopyEnd(i, l.Start, l.End))]);
            },
            () => new MirrorInput.CopyOpened(open.Topic, open.Attempt, ErrorCode.NetworkException, "connection lost", []),
            answer);
    }

    public void Append(MirrorEffect.Append append, Action<MirrorInput> answer)
    {
        var bytes = append.Payloads.SelectMany(p => p.Bytes.ToArray()).ToArray();
        foreach (var payload in append.Payloads)
        {
            payload.Dispose();
        }

        Call(
            () =>
            {
                if (_copies.Values.FirstOrDefault(c => c.Id == append.TopicId) is not { } copy)
                {
                    return Done(ErrorCode.UnknownTopicId, null);
                }

                var log = copy.Logs[append.Partition];
                return append.FencingEpoch < copy.FencingEpoch ? Done(ErrorCode.FencedLeaderEpoch, log) : Done(log.Append(bytes, append.SourceLogStart), log);
            },
            () => Done(ErrorCode.NetworkException, null),
            answer);

        MirrorInput.AppendDone Done(ErrorCode error, CopyLog? log) =>
            new(append.Topic, append.Partition, append.Attempt, error, error == ErrorCode.None ? null : "refused", log?.Start ?? -1, log?.End ?? -1);
    }

    // A call may be lost before or after it had its effect. Answers come in the order of the calls.
    private void Call(Func<MirrorInput> act, Func<MirrorInput> lost, Action<MirrorInput> answer)
    {
        var incarnation = _incarnation;
        var at = _answersFrom = Math.Max(_answersFrom, time.Ticks + TimeSpan.FromMicroseconds(100 + prng.Next(3000)).Ticks);
        time.At(new Instant(at), () =>
        {
            if (IsDown || incarnation != _incarnation)
            {
                if (prng.Chance(0.3))
                {
                    act();
                }

                answer(lost());
                return;
            }

            var result = act();
            var delay = TimeSpan.FromMicroseconds(prng.Next(500));
            _answersFrom = Math.Max(_answersFrom, time.Ticks + delay.Ticks);
            time.After(delay, () => answer(incarnation == _incarnation ? result : lost()));
        });
    }
}

using Broker.Core.Fetching;
using CsCheck;
using Protocol.Wire;

namespace Tests.Unit.Fetching;

/// <summary>A session against the plain rule: an incremental answer lists data, errors and moved watermarks of all its partitions.</summary>
public class FetchSessionTests
{
    private const int Partitions = 24;

    private abstract record Act
    {
        /// <summary>The client asks for a partition from an offset, new or again.</summary>
        public sealed record Want(int Partition, int Offset) : Act;

        public sealed record Forget(int Partition) : Act;

        /// <summary>Records arrive.</summary>
        public sealed record Grow(int Partition, int By) : Act;

        /// <summary>A partition's topic comes or goes.</summary>
        public sealed record Break(int Partition, bool Broken) : Act;

        /// <summary>An incremental fetch with room for the data of so many partitions.</summary>
        public sealed record Fetch(int Room) : Act;
    }

    private static readonly Gen<Act> Acts = Gen.Frequency(
        (4, Gen.Select(Gen.Int[0, Partitions - 1], Gen.Int[0, 9]).Select(Act (p, o) => new Act.Want(p, o))),
        (1, Gen.Int[0, Partitions - 1].Select(Act (p) => new Act.Forget(p))),
        (4, Gen.Select(Gen.Int[0, Partitions - 1], Gen.Int[1, 3]).Select(Act (p, n) => new Act.Grow(p, n))),
        (1, Gen.Select(Gen.Int[0, Partitions - 1], Gen.Bool).Select(Act (p, b) => new Act.Break(p, b))),
        (4, Gen.Int[0, Partitions].Select(Act (room) => new Act.Fetch(room))));

    [Fact]
    public void Answers_are_those_of_a_look_at_every_partition() => Acts.Array[0, 120].Sample(acts =>
    {
        var session = new Session();
        var logs = new (long End, bool Broken)[Partitions];
        var model = new Dictionary<int, (long Offset, long Sent)>();
        foreach (var act in acts)
        {
            switch (act)
            {
                case Act.Want(var p, var offset):
                    session.Put(Key(p)).FetchOffset = offset;
                    model[p] = (offset, model.TryGetValue(p, out var known) ? known.Sent : -1);
                    break;
                case Act.Forget(var p):
                    Assert.Equal(model.Remove(p), session.Forget(Key(p)));
                    break;
                case Act.Grow(var p, var by):
                    logs[p].End += by;
                    Tell(session, p);
                    break;
                case Act.Break(var p, var broken):
                    logs[p].Broken = broken;
                    Tell(session, p);
                    break;
                case Act.Fetch(var room):
                    var (answered, served) = Fetch(session, logs, room);
                    var expected = model.Where(m => logs[m.Key].Broken || logs[m.Key].End != m.Value.Sent || served.Contains(m.Key)).Select(m => m.Key);
                    Assert.Equal(expected.Order(), answered.Order());

                    // No data is held back while there is room.
                    var withData = model.Where(m => !logs[m.Key].Broken && m.Value.Offset < logs[m.Key].End).Select(m => m.Key).ToList();
                    Assert.Equal(Math.Min(room, withData.Count), served.Count);
                    foreach (var p in answered)
                    {
                        model[p] = (model[p].Offset, logs[p].Broken ? -1 : logs[p].End);
                    }

                    break;
            }

            Assert.Equal(model.Count, session.Count);
        }
    });

    [Fact]
    public void No_partition_starves_when_there_is_room_for_one() => Gen.Int[1, 20].Sample(count =>
    {
        var session = new Session();
        var logs = new (long End, bool Broken)[Partitions];
        for (var p = 0; p < count; p++)
        {
            session.Put(Key(p));
            logs[p].End = 5;
        }

        var served = new List<int>();
        for (var i = 0; i < count; i++)
        {
            served.AddRange(Fetch(session, logs, 1).Served);
        }

        Assert.Equal(Enumerable.Range(0, count), served.Order());
    });

    [Fact]
    public void A_fetch_looks_at_what_changed_and_at_nothing_else()
    {
        var session = new Session();
        var logs = new (long End, bool Broken)[Partitions];
        for (var p = 0; p < Partitions; p++)
        {
            session.Put(Key(p));
        }

        Assert.Equal(Partitions, Fetch(session, logs, 1).Answered.Count);
        Assert.Equal(0, session.DueCount);
        logs[3].End = 1;
        Tell(session, 3);
        Assert.Equal(1, session.DueCount);
        Assert.Equal([3], Fetch(session, logs, 1).Answered);
    }

    [Fact]
    public void Epochs_rise_by_one_and_begin_again_at_one()
    {
        var session = new Session();
        Assert.False(session.Advance(0));
        Assert.False(session.Advance(2));
        Assert.True(session.Advance(1));
        Assert.False(session.Advance(1));
        Assert.True(session.Advance(2));
        Assert.Equal(3, session.NextEpoch);
    }

    [Fact]
    public void Resting_partitions_are_gone_round()
    {
        var session = new Session();
        for (var p = 0; p < 5; p++)
        {
            session.Put(Key(p));
        }

        Fetch(session, new (long, bool)[Partitions], 0);
        Assert.Equal([0, 1, 2, 3, 4, 0, 1], Enumerable.Range(0, 7).Select(_ => session.NextResting()!.Key.Index));
        session.Clear();
        Assert.Equal((0, null, null), (session.Count, session.FirstDue, session.NextResting()));
    }

    private static FetchKey Key(int partition) => new("topic", Guid.Empty, partition);

    /// <summary>What the host's watch does.</summary>
    private static void Tell(Session session, int partition)
    {
        if (session.Find(Key(partition)) is { } known)
        {
            session.MarkDue(known);
        }
    }

    private static (List<int> Answered, List<int> Served) Fetch(Session session, (long End, bool Broken)[] logs, int room)
    {
        List<int> answered = [], served = [];
        var last = session.LastDue;
        for (var partition = session.FirstDue; partition is not null;)
        {
            var next = partition == last ? null : Session.DueAfter(partition);
            var index = partition.Key.Index;
            var finding = new FetchFinding(ErrorCode.UnknownTopicOrPartition, -1, -1, 0);
            if (!logs[index].Broken)
            {
                var bytes = partition.FetchOffset < logs[index].End && served.Count < room ? 10 : 0;
                finding = new FetchFinding(ErrorCode.None, logs[index].End, 0, bytes);
                if (bytes > 0)
                {
                    served.Add(index);
                }
            }

            if (session.Settle(partition, finding, isFull: false))
            {
                answered.Add(index);
            }

            partition = next;
        }

        return (answered, served);
    }

    private sealed class Session : FetchSession<FetchSessionPartition>
    {
        protected override FetchSessionPartition Create() => new();
    }
}

using Broker.Core.Fetching;
using CsCheck;
using Kernel.Machines;

namespace Tests.Unit.Fetching;

public class FetchSessionTableTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void Bounds_hold_and_only_idle_sessions_are_evicted() =>
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 6], Gen.Int[0, 3]).Array[0, 200].Sample(steps =>
        {
            var table = new FetchSessionTable<FetchSessionPartition>(new Prng(1), maxSessions: 4, maxPartitions: 12);
            var now = new Instant(0);
            var open = new List<(Session Session, Instant Used)>();
            foreach (var (act, number, minutes) in steps)
            {
                now += minutes * Minute;
                if (act == 0)
                {
                    var session = new Session(number);
                    var room = table.HasRoom(number, now);
                    var evicted = new List<FetchSession<FetchSessionPartition>>();
                    Assert.Equal(room, table.TryOpen(session, now, evicted));
                    Assert.True(room || evicted.Count == 0);
                    foreach (var victim in evicted)
                    {
                        // The one that was unused for the longest goes first, and never one in use.
                        Assert.Same(open[0].Session, victim);
                        Assert.True(now - open[0].Used >= FetchSessionTable<FetchSessionPartition>.MinIdleBeforeEviction);
                        open.RemoveAt(0);
                        Assert.Null(table.Find(victim.Id));
                    }

                    if (room)
                    {
                        Assert.True(session.Id > 0);
                        open.Add((session, now));
                    }
                }
                else if (open.Count > 0)
                {
                    var (session, _) = open[number % open.Count];
                    open.RemoveAt(number % open.Count);
                    if (act == 1)
                    {
                        Assert.True(table.Remove(session));
                        Assert.False(table.Remove(session));
                    }
                    else
                    {
                        session.Put(new("more", Guid.Empty, number));
                        if (table.Use(session, now))
                        {
                            open.Add((session, now));
                        }
                        else
                        {
                            Assert.True(open.Sum(o => o.Session.Count) + session.Count > 12);
                        }
                    }
                }

                Assert.Equal(open.Count, table.Count);
                Assert.Equal(open.Sum(o => o.Session.Count), table.PartitionCount);
                Assert.True(table.Count <= 4 && table.PartitionCount <= 12);
                Assert.All(open, o => Assert.Same(o.Session, table.Find(o.Session.Id)));
            }
        });

    private sealed class Session : FetchSession<FetchSessionPartition>
    {
        public Session(int partitions)
        {
            for (var i = 0; i < partitions; i++)
            {
                Put(new("topic", Guid.Empty, i));
            }
        }

        protected override FetchSessionPartition Create() => new();
    }
}

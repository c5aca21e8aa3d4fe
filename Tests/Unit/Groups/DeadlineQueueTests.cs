using Broker.Core.Groups;
using CsCheck;
using Kernel.Machines;

namespace Tests.Unit.Groups;

public class DeadlineQueueTests
{
    private readonly ClassicGroup _group = new("g");
    private readonly DeadlineQueue _queue = new();

    [Fact]
    public void What_does_not_matter_any_more_is_not_kept_until_it_would_have_been_due()
    {
        var kept = New();
        _queue.Set(kept, new Instant(5));
        for (var i = 0; i < 100_000; i++)
        {
            var deadline = New();
            _queue.Set(deadline, new Instant(1_000_000));
            DeadlineQueue.Clear(deadline);
        }

        Assert.InRange(_queue.Count, 1, 1000);
        Assert.Same(kept, _queue.TakeDue(new Instant(10)));
        Assert.Null(_queue.TakeDue(new Instant(2_000_000)));
        Assert.Equal(0, _queue.Count);
    }

    /// <summary>Set, moved, cleared and taken against a list, with enough of them that the queue is swept many times.</summary>
    [Fact]
    public void Every_deadline_comes_up_when_it_is_due_however_it_was_moved() =>
        Gen.Int.Sample(seed =>
        {
            var (random, queue, now) = (new Random(seed), new DeadlineQueue(), 0L);
            var all = Enumerable.Range(0, 600).Select(_ => New()).ToArray();
            for (var step = 0; step < 5000; step++)
            {
                var deadline = all[random.Next(all.Length)];
                switch (random.Next(8))
                {
                    case < 6:
                        queue.Set(deadline, new Instant(now + random.Next(1, 500)));
                        break;
                    case 6:
                        DeadlineQueue.Clear(deadline);
                        break;
                    case 7:
                        now += random.Next(5);
                        var due = all.Where(d => d.Due is { } at && at.Ticks <= now).ToHashSet();
                        while (queue.TakeDue(new Instant(now)) is { } taken)
                        {
                            Assert.True(due.Remove(taken));
                        }

                        Assert.Empty(due);
                        break;
                }
            }
        }, iter: 20);

    private GroupDeadline New() => new(DeadlineKind.Session, _group, "m");
}

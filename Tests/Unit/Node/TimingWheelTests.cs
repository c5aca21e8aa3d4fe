using Broker.Node.Waiting;
using CsCheck;
using Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Tests.Unit.Node;

public class TimingWheelTests
{
    /// <summary>
    /// Timers of all levels of the wheel, set, moved and cancelled while time passes, against a list of what is due when. A delay is rounded up to a
    /// tick of 1 ms and counts from the end of the present one, and the system's timer is set from within a tick.
    /// </summary>
    [Fact]
    public void Every_timer_is_called_once_not_before_its_time_and_within_three_milliseconds_of_it() =>
        Gen.Int.Sample(seed => Run(new Random(seed)), iter: 300);

    [Fact]
    public void A_delay_without_an_end_is_not_now()
    {
        var time = new FakeTimeProvider();
        using var wheel = new TimingWheel(new Clock(time));
        var calls = new List<string>();
        wheel.Schedule(TimeSpan.MaxValue, () => calls.Add("never"));
        wheel.Schedule(TimeSpan.FromMilliseconds(10), () => calls.Add("soon"));
        time.Advance(TimeSpan.FromDays(300));
        Assert.Equal(["soon"], calls);
        Assert.Equal(1, wheel.Count);
    }

    private static void Run(Random random)
    {
        var time = new FakeTimeProvider();
        using var wheel = new TimingWheel(new Clock(time));
        var begin = time.GetUtcNow();
        var timers = Enumerable.Range(0, 20).Select(_ => new Timer(() => time.GetUtcNow() - begin)).ToArray();
        for (var step = 0; step < 60; step++)
        {
            var timer = timers[random.Next(timers.Length)];
            switch (random.Next(4))
            {
                case < 2:
                    var delay = TimeSpan.FromTicks((long)Math.Pow(10, random.NextDouble() * 13) - 1);
                    timer.Due = time.GetUtcNow() - begin + delay;
                    wheel.Schedule(timer, delay);
                    break;
                case 2:
                    Assert.Equal(timer.Due is not null, wheel.Cancel(timer));
                    timer.Due = null;
                    break;
                case 3:
                    time.Advance(TimeSpan.FromTicks((long)Math.Pow(10, random.NextDouble() * 13)));
                    var now = time.GetUtcNow() - begin;
                    Assert.DoesNotContain(timers, other => other.Due + TimeSpan.FromMilliseconds(3) <= now);
                    Assert.Equal(timers.Count(other => other.Due is not null), wheel.Count);
                    break;
            }
        }
    }

    private sealed class Timer(Func<TimeSpan> now) : WheelTimer
    {
        /// <summary>When it is to be called; null when it is not waiting.</summary>
        public TimeSpan? Due { get; set; }

        protected internal override void OnTimer()
        {
            Assert.NotNull(Due);
            Assert.InRange(now(), Due.Value, TimeSpan.MaxValue);
            Due = null;
        }
    }
}

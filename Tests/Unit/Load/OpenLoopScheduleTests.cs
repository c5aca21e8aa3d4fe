using Loadtests.Load;

namespace Tests.Unit.Load;

public sealed class OpenLoopScheduleTests
{
    private static readonly OpenLoopSchedule Schedule = new(130_000);

    [Fact]
    public void What_falls_due_while_a_batch_is_sent_waits_for_the_next_tick()
    {
        var tick = OpenLoopSchedule.Tick.Ticks;
        var atTick = Schedule.DueBy(5 * tick);

        Assert.True(Schedule.DueBy((5 * tick) + (tick / 2)) > atTick);
        Assert.Equal(atTick, Schedule.DueByTick(5 * tick));
        Assert.Equal(atTick, Schedule.DueByTick((6 * tick) - 1));
        Assert.Equal(atTick + 130, Schedule.DueByTick(6 * tick));
    }

    [Fact]
    public void A_generator_that_stood_still_sends_all_that_fell_due() =>
        Assert.Equal(130_001, Schedule.DueByTick(TimeSpan.TicksPerSecond));

    [Fact]
    public void Nothing_is_due_before_the_start()
    {
        Assert.Equal(0, Schedule.DueByTick(-1));
        Assert.Equal(0, Schedule.DueByTick(-OpenLoopSchedule.Tick.Ticks - 1));
        Assert.Equal(1, Schedule.DueByTick(0));
    }

    [Fact]
    public void Each_record_is_due_at_its_own_time_and_not_before()
    {
        for (var i = 0L; i < 10_000; i += 7)
        {
            Assert.True(Schedule.DueBy(Schedule.DueTicks(i) + 1) > i);
            Assert.True(i == 0 || Schedule.DueBy(Schedule.DueTicks(i) - 1) <= i);
        }
    }
}

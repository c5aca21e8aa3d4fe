using Broker.Core.Groups;
using Protocol.Wire;

namespace Tests.Unit.Groups;

public class ExpiryTests
{
    private static readonly GroupSettings Hour = new()
    {
        InitialRebalanceDelay = TimeSpan.Zero,
        OffsetsRetention = TimeSpan.FromHours(1),
        OffsetsRetentionCheckInterval = TimeSpan.FromMinutes(1),
    };

    [Fact]
    public void Without_members_a_position_lives_from_its_commit_on_and_then_the_group_goes()
    {
        var world = new GroupWorld(Hour);
        world.Commit(1, topic: "t");
        world.Advance(TimeSpan.FromMinutes(30));
        world.Commit(2, topic: "u");
        world.Advance(TimeSpan.FromMinutes(32));
        Assert.Equal((null, 2L), (world.Fetch("t"), world.Fetch("u")));
        world.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(GroupState.Dead, world.State);
        Assert.Empty(world.Machine.Ledger.Snapshot());
    }

    [Fact]
    public void A_check_that_never_comes_keeps_positions_and_holds_up_no_session()
    {
        var world = new GroupWorld(Hour with { OffsetsRetentionCheckInterval = TimeSpan.MaxValue });
        var member = world.JoinAlone(sessionMs: 10_000);
        world.Commit(1, member, 1, "t");
        Assert.InRange(world.Machine.Deadline!.Value - world.Now.Monotonic, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        world.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(GroupState.Empty, world.State);
        world.Advance(TimeSpan.FromDays(1000));
        Assert.Equal(1, world.Fetch("t"));
    }

    [Fact]
    public void Positions_of_a_group_live_from_its_last_member_on()
    {
        var world = new GroupWorld(Hour);
        var member = world.JoinAlone(sessionMs: 1_800_000);
        world.Commit(1, member, 1);
        for (var i = 0; i < 5; i++)
        {
            world.Advance(TimeSpan.FromMinutes(29));
            Assert.Equal(ErrorCode.None, world.Heartbeat(member, 1));
        }

        world.Leave(new LeavingMember(member, null));
        world.Advance(TimeSpan.FromMinutes(58));
        Assert.Equal(1, world.Fetch());
        world.Advance(TimeSpan.FromMinutes(4));
        Assert.Null(world.Fetch());
        Assert.Equal(GroupState.Dead, world.State);
    }

    [Fact]
    public void A_live_group_loses_positions_of_topics_that_it_does_not_read_any_more()
    {
        var world = new GroupWorld(Hour);
        var member = world.JoinAlone(sessionMs: 1_800_000, protocols: GroupWorld.Range("t"));
        world.Commit(1, member, 1, "t");
        world.Commit(2, member, 1, "u");
        for (var i = 0; i < 3; i++)
        {
            world.Advance(TimeSpan.FromMinutes(25));
            world.Heartbeat(member, 1);
        }

        Assert.Equal((1L, null), (world.Fetch("t"), world.Fetch("u")));
    }

    [Fact]
    public void A_commit_can_say_how_long_it_lives()
    {
        var world = new GroupWorld(Hour);
        world.Commit(1, retentionMs: 7_200_000);
        world.Commit(2, topic: "u", retentionMs: 60_000);
        world.Advance(TimeSpan.FromMinutes(90));
        Assert.Equal((1L, null), (world.Fetch("t"), world.Fetch("u")));
        world.Advance(TimeSpan.FromMinutes(32));
        Assert.Null(world.Fetch("t"));
    }

    [Fact]
    public void An_empty_group_without_positions_goes_at_the_next_check_unless_somebody_is_about_to_join()
    {
        var world = new GroupWorld(Hour);
        world.Leave(new LeavingMember(world.JoinAlone(), null));
        world.Join(needsKnownId: true, sessionMs: 90_000);
        world.Advance(TimeSpan.FromSeconds(80));
        Assert.Equal(GroupState.Empty, world.State);
        world.Advance(TimeSpan.FromSeconds(80));
        Assert.Equal(GroupState.Dead, world.State);
    }
}

using Broker.Core.Groups;
using Protocol.Wire;

namespace Tests.Unit.Groups;

public class RestartTests
{
    [Fact]
    public void A_stable_group_goes_on_with_its_members_after_a_restart()
    {
        var world = new GroupWorld();
        var (leader, follower, generation) = world.JoinTwo();
        world.Commit(9, leader, generation);
        world.Restart();
        Assert.Equal(ErrorCode.None, world.Heartbeat(leader, generation));
        Assert.Equal("two"u8.ToArray(), world.Sync(follower, generation).Assignment.ToArray());
        Assert.Equal(9, world.Fetch());
        Assert.Equal(generation, world.Join(follower).Generation);
        Assert.Equal(GroupState.Stable, world.State);

        // And their sessions end as ever.
        world.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(GroupState.Empty, world.State);
    }

    [Fact]
    public void What_was_not_stored_is_as_it_was_before()
    {
        var world = new GroupWorld();
        var (leader, _, generation) = world.JoinTwo();
        var rejoin = world.BeginJoin(leader);
        Assert.True(world.IsWaiting(rejoin));
        world.Restart();
        Assert.Equal((GroupState.Stable, ErrorCode.None), (world.State, world.Heartbeat(leader, generation)));
    }

    [Fact]
    public void Static_members_are_known_by_their_instance_after_a_restart()
    {
        var world = new GroupWorld();
        var member = world.JoinAlone(instance: "i");
        world.Restart();
        Assert.Equal(ErrorCode.FencedInstanceId, world.Heartbeat("other", 1, "i"));
        Assert.True(world.Join(instance: "i", canSkip: true).SkipAssignment);
        Assert.Equal(ErrorCode.FencedInstanceId, world.Heartbeat(member, 1, "i"));
    }

    [Fact]
    public void An_empty_group_stays_in_its_generation()
    {
        var world = new GroupWorld();
        world.Leave(new LeavingMember(world.JoinAlone(), null));
        world.Restart();
        Assert.Equal((GroupState.Empty, "consumer"), (world.State, world.Describe().ProtocolType));
        Assert.Equal(3, world.Join().Generation);
    }
}

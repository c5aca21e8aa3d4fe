using Broker.Core.Groups;
using Protocol.Wire;

namespace Tests.Unit.Groups;

public class SyncTests
{
    [Fact]
    public void Assignments_are_given_once_they_are_durable()
    {
        var world = new GroupWorld();
        var joined = world.Join();
        world.IsCommitting = false;
        var sync = world.BeginSync(joined.MemberId, 1, (joined.MemberId, "all"), ("nobody", "x"));
        Assert.True(world.IsWaiting(sync));
        Assert.Equal(GroupState.CompletingRebalance, world.State);
        Assert.Equal(ErrorCode.None, world.Heartbeat(joined.MemberId, 1));
        world.CommitAll();
        Assert.Equal("all"u8.ToArray(), world.ReplyTo<GroupReply.Synced>(sync)!.Assignment.ToArray());
        Assert.Equal(GroupState.Stable, world.State);
        var stored = Assert.IsType<GroupRecord.GroupStored>(Assert.Single(world.Log));
        Assert.Equal([joined.MemberId], stored.Image.Members.Select(m => m.MemberId));
    }

    [Fact]
    public void A_leader_that_repeats_itself_is_not_heard_twice()
    {
        var world = new GroupWorld();
        var joined = world.Join();
        world.IsCommitting = false;
        var first = world.BeginSync(joined.MemberId, 1, (joined.MemberId, "all"));
        var second = world.BeginSync(joined.MemberId, 1, (joined.MemberId, "other"));
        world.CommitAll();
        Assert.Equal(ErrorCode.RebalanceInProgress, world.ReplyTo<GroupReply.Synced>(first)!.Error);
        Assert.Equal("all"u8.ToArray(), world.ReplyTo<GroupReply.Synced>(second)!.Assignment.ToArray());
        Assert.Single(world.Log);
    }

    [Fact]
    public void A_member_that_cannot_be_stored_is_refused_and_the_shard_goes_on()
    {
        var world = new GroupWorld();
        var request = world.BeginJoin(clientId: new string('\uFFFD', short.MaxValue));
        var joined = world.ReplyTo<GroupReply.Joined>(request)!;
        Assert.Equal(ErrorCode.UnknownServerError, world.Sync(joined.MemberId, 1, (joined.MemberId, "all")).Error);
        Assert.Empty(world.Log);
        Assert.Equal([ErrorCode.InvalidGroupId], world.Commit(1, group: new string('\uFFFD', short.MaxValue)).Partitions);
        Assert.Equal([ErrorCode.None], world.Commit(1, group: "other").Partitions);
    }

    [Fact]
    public void A_stable_group_gives_the_assignment_again()
    {
        var world = new GroupWorld();
        var member = world.JoinAlone();
        var again = world.Sync(member, 1);
        Assert.Equal(("consumer", "range"), (again.ProtocolType, again.ProtocolName));
        Assert.Equal("all"u8.ToArray(), again.Assignment.ToArray());
    }

    [Fact]
    public void Wrong_generations_members_and_protocols_are_refused()
    {
        var world = new GroupWorld();
        var joined = world.Join();
        Assert.Equal(ErrorCode.IllegalGeneration, world.Sync(joined.MemberId, 9).Error);
        Assert.Equal(ErrorCode.UnknownMemberId, world.Sync("nobody", 1).Error);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, Sync("connect", "range").Error);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, Sync("consumer", "roundrobin").Error);
        Assert.Equal(ErrorCode.None, Sync("consumer", "range").Error);

        GroupReply.Synced Sync(string type, string name)
            => world.ReplyTo<GroupReply.Synced>(world.Send(r => new GroupInput.Sync(r, GroupWorld.Group, joined.MemberId, null, 1, type, name, [])))!;
    }

    [Fact]
    public void A_rebalance_refuses_those_that_wait_for_the_leader()
    {
        var world = new GroupWorld();
        var (leader, follower, _) = world.JoinTwo();
        var rejoin = world.BeginJoin(leader);
        var changed = world.BeginJoin(follower, protocols: GroupWorld.Range("u"));
        var generation = world.ReplyTo<GroupReply.Joined>(rejoin)!.Generation;
        Assert.NotNull(world.ReplyTo<GroupReply.Joined>(changed));
        var waiting = world.BeginSync(follower, generation);
        world.BeginJoin();
        Assert.Equal(ErrorCode.RebalanceInProgress, world.ReplyTo<GroupReply.Synced>(waiting)!.Error);
        Assert.Equal(ErrorCode.RebalanceInProgress, world.Sync(leader, generation).Error);
    }

    [Fact]
    public void Assignments_that_become_durable_in_the_next_rebalance_do_not_count()
    {
        var world = new GroupWorld();
        var joined = world.Join();
        world.IsCommitting = false;
        var sync = world.BeginSync(joined.MemberId, 1, (joined.MemberId, "all"));
        world.BeginJoin();
        Assert.Equal(ErrorCode.RebalanceInProgress, world.ReplyTo<GroupReply.Synced>(sync)!.Error);
        world.CommitAll();
        Assert.Equal(GroupState.PreparingRebalance, world.State);
    }

    [Fact]
    public void A_group_that_does_not_fit_a_record_cannot_sync()
    {
        var world = new GroupWorld();
        var joined = world.Join(protocols: [new MemberProtocol("range", new byte[1_000_000])]);
        var reply = world.ReplyTo<GroupReply.Synced>(world.Send(r => new GroupInput.Sync(
            r, GroupWorld.Group, joined.MemberId, null, 1, null, null, [new MemberAssignment(joined.MemberId, new byte[60_000])])))!;
        Assert.Equal(ErrorCode.UnknownServerError, reply.Error);
        Assert.Empty(world.Log);
        Assert.Equal(GroupState.PreparingRebalance, world.State);
    }
}

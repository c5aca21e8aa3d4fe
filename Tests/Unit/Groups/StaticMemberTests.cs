using Broker.Core.Groups;
using Protocol.Wire;

namespace Tests.Unit.Groups;

public class StaticMemberTests
{
    [Fact]
    public void A_restart_with_the_same_protocol_keeps_generation_and_assignment()
    {
        var world = new GroupWorld();
        var first = world.JoinAlone(instance: "i");
        var again = world.Join(instance: "i", canSkip: true);
        Assert.Equal((ErrorCode.None, 1, true, again.MemberId), (again.Error, again.Generation, again.SkipAssignment, again.Leader));
        Assert.NotEqual(first, again.MemberId);
        Assert.Equal([again.MemberId], again.Members.Select(m => m.MemberId));
        Assert.Equal(ErrorCode.FencedInstanceId, world.Heartbeat(first, 1, "i"));
        Assert.Equal("all"u8.ToArray(), world.Sync(again.MemberId, 1).Assignment.ToArray());
        Assert.Equal(again.MemberId, Assert.IsType<GroupRecord.GroupStored>(world.Log[^1]).Image.Leader);
    }

    [Fact]
    public void Before_version_9_a_leader_that_restarted_does_not_learn_that_it_leads()
    {
        var world = new GroupWorld();
        var first = world.JoinAlone(instance: "i");
        var again = world.Join(instance: "i");
        Assert.Equal((first, false), (again.Leader, again.SkipAssignment));
        Assert.Empty(again.Members);
    }

    [Fact]
    public void The_new_incarnation_is_told_once_it_is_durable()
    {
        var world = new GroupWorld();
        world.JoinAlone(instance: "i");
        world.IsCommitting = false;
        var request = world.BeginJoin(instance: "i");
        Assert.True(world.IsWaiting(request));
        world.CommitAll();
        Assert.False(world.IsWaiting(request));
    }

    [Fact]
    public void A_restart_with_another_protocol_rebalances()
    {
        var world = new GroupWorld();
        world.JoinAlone(instance: "i");
        Assert.Equal(2, world.Join(instance: "i", protocols: [new MemberProtocol("sticky", default), .. GroupWorld.Range("t")]).Generation);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, world.Join(instance: "i", protocols: [new MemberProtocol("other", default)]).Error);
    }

    [Fact]
    public void A_former_incarnation_that_waits_is_fenced()
    {
        var world = new GroupWorld();
        var leader = world.JoinAlone();
        var former = world.BeginJoin(instance: "i");
        var present = world.BeginJoin(instance: "i");
        Assert.Equal(ErrorCode.FencedInstanceId, world.ReplyTo<GroupReply.Joined>(former)!.Error);
        world.Join(leader);
        var joined = world.ReplyTo<GroupReply.Joined>(present)!;
        Assert.Equal(ErrorCode.None, joined.Error);

        var sync = world.BeginSync(joined.MemberId, joined.Generation);
        world.BeginJoin(instance: "i");
        Assert.Equal(ErrorCode.FencedInstanceId, world.ReplyTo<GroupReply.Synced>(sync)!.Error);
        Assert.Equal(GroupState.PreparingRebalance, world.State);
    }

    [Fact]
    public void Fencing_and_unknown_instances()
    {
        var world = new GroupWorld();
        var member = world.JoinAlone(instance: "i");
        Assert.Equal(ErrorCode.None, world.Heartbeat(member, 1, "i"));
        Assert.Equal(ErrorCode.FencedInstanceId, world.Heartbeat("other", 1, "i"));
        Assert.Equal(ErrorCode.UnknownMemberId, world.Heartbeat(member, 1, "j"));
        Assert.Equal(ErrorCode.FencedInstanceId, world.Join("other", instance: "i").Error);
        Assert.Equal(ErrorCode.UnknownMemberId, world.Join("other", instance: "j").Error);
        Assert.Equal(ErrorCode.FencedInstanceId, world.Commit(1, "other", 1, instance: "i").Error);
        Assert.Equal(ErrorCode.UnknownMemberId, world.Commit(1, member, 1, instance: "j").Error);
        Assert.Equal([ErrorCode.FencedInstanceId], world.Leave(new LeavingMember("other", "i")).Members);
    }

    [Fact]
    public void An_administrator_removes_a_member_by_its_instance()
    {
        var world = new GroupWorld();
        world.JoinAlone(instance: "i");
        Assert.Equal([ErrorCode.None], world.Leave(new LeavingMember("", "i")).Members);
        Assert.Equal(GroupState.Empty, world.State);
    }

    [Fact]
    public void Static_members_stay_when_they_do_not_join_again_until_their_session_ends()
    {
        var world = new GroupWorld();
        var leader = world.JoinAlone();
        var request = world.BeginJoin(instance: "i", sessionMs: 600_000);
        world.Join(leader);
        var absent = world.ReplyTo<GroupReply.Joined>(request)!.MemberId;
        world.BeginSync(absent, 2);
        world.Sync(leader, 2);

        var rejoin = world.BeginJoin(leader);
        world.Advance(TimeSpan.FromSeconds(21));
        Assert.Equal([leader, absent], world.ReplyTo<GroupReply.Joined>(rejoin)!.Members.Select(m => m.MemberId));
    }
}

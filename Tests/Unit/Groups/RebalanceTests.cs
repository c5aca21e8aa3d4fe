using Broker.Core.Groups;
using Protocol.Wire;

namespace Tests.Unit.Groups;

public class RebalanceTests
{
    private static readonly GroupSettings WithDelay = new() { InitialRebalanceDelay = TimeSpan.FromSeconds(3) };

    [Fact]
    public void An_empty_group_waits_for_more_members_and_longer_while_they_come()
    {
        var world = new GroupWorld(WithDelay);
        var first = world.BeginJoin(rebalanceMs: 10_000);
        world.Advance(TimeSpan.FromSeconds(2));
        var second = world.BeginJoin(rebalanceMs: 10_000);
        world.Advance(TimeSpan.FromSeconds(2));
        Assert.True(world.IsWaiting(first));
        world.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal((1, 2), (world.ReplyTo<GroupReply.Joined>(first)!.Generation, world.ReplyTo<GroupReply.Joined>(first)!.Members.Count));
        Assert.Equal(1, world.ReplyTo<GroupReply.Joined>(second)!.Generation);
    }

    [Fact]
    public void The_initial_wait_ends_with_the_rebalance_timeout_whoever_comes()
    {
        var world = new GroupWorld(WithDelay);
        var first = world.BeginJoin(rebalanceMs: 10_000);
        var waited = 0;
        while (world.IsWaiting(first))
        {
            world.BeginJoin(rebalanceMs: 10_000);
            world.Advance(TimeSpan.FromSeconds(1));
            Assert.InRange(++waited, 1, 13);
        }

        Assert.InRange(waited, 9, 13);
    }

    [Fact]
    public void Members_that_do_not_join_again_in_time_are_removed()
    {
        var world = new GroupWorld();
        var silent = world.JoinAlone(sessionMs: 60_000);
        var request = world.BeginJoin(sessionMs: 60_000);
        Assert.Equal(ErrorCode.RebalanceInProgress, world.Heartbeat(silent, 1));
        world.Advance(TimeSpan.FromSeconds(19));
        Assert.True(world.IsWaiting(request));
        world.Advance(TimeSpan.FromSeconds(2));
        var joined = world.ReplyTo<GroupReply.Joined>(request)!;
        Assert.Equal((2, joined.MemberId), (joined.Generation, joined.Leader));
        Assert.Equal(ErrorCode.UnknownMemberId, world.Heartbeat(silent, 2));
    }

    [Fact]
    public void Joining_members_do_not_make_a_rebalance_longer()
    {
        var world = new GroupWorld();
        world.JoinAlone(sessionMs: 60_000);
        var first = world.BeginJoin(sessionMs: 60_000);
        for (var i = 0; i < 20; i++)
        {
            Assert.True(world.IsWaiting(first));
            world.BeginJoin(sessionMs: 60_000);
            world.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(2, world.ReplyTo<GroupReply.Joined>(first)!.Generation);
    }

    [Fact]
    public void A_silent_member_loses_its_session_and_the_rest_rebalances()
    {
        var world = new GroupWorld();
        var (leader, follower, generation) = world.JoinTwo();
        for (var i = 0; i < 11; i++)
        {
            world.Advance(TimeSpan.FromSeconds(1));
            world.Heartbeat(leader, generation);
        }

        Assert.Equal(ErrorCode.UnknownMemberId, world.Heartbeat(follower, generation));
        Assert.Equal(ErrorCode.RebalanceInProgress, world.Heartbeat(leader, generation));
        Assert.Equal([leader], world.Join(leader).Members.Select(m => m.MemberId));
    }

    [Fact]
    public void The_last_session_that_ends_leaves_an_empty_group_one_generation_later()
    {
        var world = new GroupWorld();
        var member = world.JoinAlone();
        world.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(GroupState.Empty, world.State);
        Assert.Equal(ErrorCode.UnknownMemberId, world.Heartbeat(member, 1));
        var stored = Assert.IsType<GroupRecord.GroupStored>(world.Log[^1]);
        Assert.Equal((2, 0, null), (stored.Image.Generation, stored.Image.Members.Count, stored.Image.Leader));
    }

    [Fact]
    public void A_member_that_never_heard_its_id_is_given_up_after_five_minutes()
    {
        var world = new GroupWorld();
        var slow = world.BeginJoin(instance: "static", sessionMs: 1_800_000, rebalanceMs: 3_600_000);
        world.Sync(world.ReplyTo<GroupReply.Joined>(slow)!.MemberId, 1);
        var request = world.BeginJoin(sessionMs: 1_000_000, rebalanceMs: 3_600_000);
        world.Advance(TimeSpan.FromMinutes(4));
        Assert.True(world.IsWaiting(request));
        world.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(ErrorCode.UnknownMemberId, world.ReplyTo<GroupReply.Joined>(request)!.Error);
    }

    [Fact]
    public void Members_that_do_not_sync_in_time_are_removed()
    {
        var world = new GroupWorld();
        var joined = world.Join(sessionMs: 60_000);
        world.Advance(TimeSpan.FromSeconds(19));
        Assert.Equal(GroupState.CompletingRebalance, world.State);
        world.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(GroupState.Empty, world.State);
        Assert.Equal(ErrorCode.UnknownMemberId, world.Sync(joined.MemberId, 1).Error);
    }

    [Fact]
    public void Only_static_members_that_nobody_hears_of_do_not_spin_the_coordinator()
    {
        var world = new GroupWorld();
        world.JoinAlone(instance: "i", sessionMs: 1_000_000);
        var joined = world.Join(instance: "i", protocols: [new MemberProtocol("other", default), .. GroupWorld.Range("t")], rebalanceMs: 0, sessionMs: 1_000_000);
        Assert.Equal(ErrorCode.None, joined.Error);
        world.Advance(TimeSpan.FromMinutes(1));
        Assert.NotEqual(GroupState.Dead, world.State);
    }

    [Fact]
    public void Leaving_begins_a_rebalance_and_answers_what_the_member_waits_for()
    {
        var world = new GroupWorld();
        var (leader, follower, generation) = world.JoinTwo();
        var left = world.Leave(new LeavingMember(follower, null), new LeavingMember("nobody", null), new LeavingMember("", null), new LeavingMember("", "zz"));
        Assert.Equal([ErrorCode.None, ErrorCode.UnknownMemberId, ErrorCode.UnknownMemberId, ErrorCode.UnknownMemberId], left.Members);
        Assert.Equal(ErrorCode.RebalanceInProgress, world.Heartbeat(leader, generation));

        var again = world.Join(leader);
        var second = world.BeginJoin();
        var third = world.BeginJoin(leader);
        var newcomer = world.ReplyTo<GroupReply.Joined>(second)!;
        Assert.Equal(again.Generation + 1, newcomer.Generation);
        Assert.NotNull(world.ReplyTo<GroupReply.Joined>(third));
        var sync = world.BeginSync(newcomer.MemberId, newcomer.Generation);
        world.Leave(new LeavingMember(newcomer.MemberId, null));
        Assert.Equal(ErrorCode.UnknownMemberId, world.ReplyTo<GroupReply.Synced>(sync)!.Error);
    }

    [Fact]
    public void Leaving_nothing_and_nobody()
    {
        var world = new GroupWorld();
        Assert.Equal([ErrorCode.UnknownMemberId], world.Leave(new LeavingMember("m", null)).Members);
        world.JoinAlone();
        Assert.Empty(world.Leave().Members);
        Assert.Equal(GroupState.Stable, world.State);
    }

    [Fact]
    public void A_pending_member_can_leave()
    {
        var world = new GroupWorld();
        var asked = world.Join(needsKnownId: true);
        Assert.Equal([ErrorCode.None], world.Leave(new LeavingMember(asked.MemberId, null)).Members);
        Assert.Equal(ErrorCode.UnknownMemberId, world.Join(asked.MemberId).Error);
    }

    [Fact]
    public void Generations_are_checked_after_members()
    {
        var world = new GroupWorld();
        var member = world.JoinAlone();
        Assert.Equal(ErrorCode.None, world.Heartbeat(member, 1));
        Assert.Equal(ErrorCode.IllegalGeneration, world.Heartbeat(member, 0));
        Assert.Equal(ErrorCode.IllegalGeneration, world.Heartbeat(member, -1));
        Assert.Equal(ErrorCode.UnknownMemberId, world.Heartbeat("nobody", 9));
        Assert.Equal(ErrorCode.UnknownMemberId, world.Heartbeat(member, 1, instance: "i"));
    }
}

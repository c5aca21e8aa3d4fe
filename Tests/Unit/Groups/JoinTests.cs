using Broker.Core.Groups;
using Kernel;
using Protocol.Wire;

namespace Tests.Unit.Groups;

public class JoinTests
{
    [Fact]
    public void The_first_member_leads_the_first_generation()
    {
        var world = new GroupWorld();
        var joined = world.Join();
        Assert.Equal((ErrorCode.None, 1, "consumer", "range"), (joined.Error, joined.Generation, joined.ProtocolType, joined.ProtocolName));
        Assert.Equal(joined.MemberId, joined.Leader);
        Assert.Equal([joined.MemberId], joined.Members.Select(m => m.MemberId));
        Assert.StartsWith("client-", joined.MemberId);
        Assert.Equal(GroupState.CompletingRebalance, world.State);
    }

    [Theory]
    [InlineData(5_999)]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1_800_001)]
    public void Session_timeouts_out_of_bounds_are_refused_before_the_member_is_looked_at(int sessionMs)
        => Assert.Equal(ErrorCode.InvalidSessionTimeout, new GroupWorld().Join("nobody", sessionMs: sessionMs).Error);

    [Fact]
    public void An_empty_group_id_is_refused_before_the_session_timeout_is_looked_at()
        => Assert.Equal(ErrorCode.InvalidGroupId, new GroupWorld().Join(sessionMs: 0, group: "").Error);

    [Fact]
    public void An_unknown_member_of_a_group_that_is_not_there_makes_none()
    {
        var world = new GroupWorld();
        var refused = world.Join("nobody");
        Assert.Equal((ErrorCode.UnknownMemberId, "nobody", -1), (refused.Error, refused.MemberId, refused.Generation));
        Assert.Equal(GroupState.Dead, world.State);
    }

    [Fact]
    public void No_protocol_or_no_type_is_inconsistent()
    {
        var world = new GroupWorld();
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, world.Join(protocols: []).Error);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, world.Join(type: "").Error);
        Assert.Equal(0, world.Machine.GroupCount);
    }

    [Fact]
    public void A_live_group_takes_only_its_type_and_a_protocol_that_all_have()
    {
        var world = new GroupWorld();
        world.JoinAlone();
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, world.Join(type: "connect").Error);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, world.Join(protocols: [new MemberProtocol("sticky", default)]).Error);

        // Protocols are looked at before the member.
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, world.Join("nobody", protocols: []).Error);
        Assert.Equal(ErrorCode.UnknownMemberId, world.Join("nobody").Error);
    }

    [Fact]
    public void Dynamic_members_are_told_their_id_and_join_with_it()
    {
        var world = new GroupWorld();
        var asked = world.Join(needsKnownId: true);
        Assert.Equal(ErrorCode.MemberIdRequired, asked.Error);
        Assert.Equal(GroupState.Empty, world.State);
        Assert.Equal(ErrorCode.UnknownMemberId, world.Heartbeat(asked.MemberId, -1));
        Assert.Equal(ErrorCode.UnknownMemberId, world.Sync(asked.MemberId, 0).Error);
        Assert.Equal(ErrorCode.UnknownMemberId, world.Commit(1, asked.MemberId, 0).Error);

        var joined = world.Join(asked.MemberId, needsKnownId: true);
        Assert.Equal((ErrorCode.None, asked.MemberId, 1), (joined.Error, joined.MemberId, joined.Generation));
    }

    [Fact]
    public void A_pending_id_is_good_for_a_session_and_not_for_static_members()
    {
        var world = new GroupWorld();
        var asked = world.Join(needsKnownId: true);
        Assert.Equal(ErrorCode.UnknownServerError, world.Join(asked.MemberId, instance: "i").Error);
        world.Advance(TimeSpan.FromSeconds(9));
        world.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(ErrorCode.UnknownMemberId, world.Join(asked.MemberId).Error);
    }

    [Fact]
    public void A_rebalance_waits_for_pending_members_until_they_are_given_up()
    {
        var world = new GroupWorld();
        var leader = world.JoinAlone(sessionMs: 60_000);
        world.Join(needsKnownId: true, sessionMs: 6_000);
        var rejoin = world.BeginJoin(leader, sessionMs: 60_000);
        Assert.True(world.IsWaiting(rejoin));
        world.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(2, world.ReplyTo<GroupReply.Joined>(rejoin)!.Generation);
    }

    [Fact]
    public void Pending_members_are_bounded()
    {
        var world = new GroupWorld();
        for (var i = 0; i < Limits.MaxPendingMembersPerGroup; i++)
        {
            Assert.Equal(ErrorCode.MemberIdRequired, world.Join(needsKnownId: true).Error);
        }

        Assert.Equal(ErrorCode.GroupMaxSizeReached, world.Join(needsKnownId: true).Error);
    }

    [Fact]
    public void Pending_members_of_all_groups_are_bounded_and_the_oldest_is_forgotten()
    {
        var world = new GroupWorld();
        var first = world.Join(needsKnownId: true, group: "first");
        var second = world.Join(needsKnownId: true, group: "second");
        for (var i = 2; i <= Limits.MaxPendingMembersPerShard; i++)
        {
            Assert.Equal(ErrorCode.MemberIdRequired, world.Join(needsKnownId: true, group: $"g{i}").Error);
        }

        Assert.Equal(Limits.MaxPendingMembersPerShard, world.Machine.GroupCount);
        Assert.Equal(ErrorCode.UnknownMemberId, world.Join(first.MemberId, needsKnownId: true, group: "first").Error);
        Assert.Equal(ErrorCode.None, world.Join(second.MemberId, needsKnownId: true, group: "second").Error);
    }

    [Fact]
    public void A_group_that_nobody_joined_goes_with_the_last_that_asked_for_an_id()
    {
        var world = new GroupWorld();
        var left = world.Join(needsKnownId: true);
        world.Leave(new LeavingMember(left.MemberId, null));
        Assert.Equal(0, world.Machine.GroupCount);
        world.Join(needsKnownId: true, group: "silent");
        world.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(0, world.Machine.GroupCount);

        // One with a position stays.
        world.Commit(1);
        var again = world.Join(needsKnownId: true);
        world.Leave(new LeavingMember(again.MemberId, null));
        Assert.Equal((GroupState.Empty, 1L), (world.State, world.Fetch()));
    }

    [Fact]
    public void A_group_that_is_deleted_takes_the_ids_that_it_gave_with_it()
    {
        var world = new GroupWorld();
        world.Commit(1);
        for (var i = 0; i <= Limits.MaxPendingMembersPerShard; i++)
        {
            world.Join(needsKnownId: true, sessionMs: 1_800_000);
            Assert.Equal(ErrorCode.None, world.Delete());
        }

        Assert.Equal(ErrorCode.MemberIdRequired, world.Join(needsKnownId: true).Error);
        Assert.Equal(1, world.Machine.GroupCount);
    }

    [Fact]
    public void A_group_takes_as_many_members_as_it_may_have()
    {
        var world = new GroupWorld(new GroupSettings { InitialRebalanceDelay = TimeSpan.Zero, MaxSize = 1 });
        var member = world.JoinAlone();
        Assert.Equal((ErrorCode.GroupMaxSizeReached, ""), (world.Join().Error, world.Join().MemberId));
        Assert.Equal(ErrorCode.None, world.Join(member).Error);
    }

    [Fact]
    public void A_follower_that_joins_again_unchanged_gets_the_generation_at_once()
    {
        var world = new GroupWorld();
        var (leader, follower, generation) = world.JoinTwo();
        var again = world.Join(follower);
        Assert.Equal((ErrorCode.None, generation, leader), (again.Error, again.Generation, again.Leader));
        Assert.Empty(again.Members);
        Assert.Equal(GroupState.Stable, world.State);
    }

    [Fact]
    public void A_leader_that_joins_again_begins_a_rebalance()
    {
        var world = new GroupWorld();
        var (leader, _, generation) = world.JoinTwo();
        var rejoin = world.BeginJoin(leader);
        Assert.True(world.IsWaiting(rejoin));
        Assert.Equal(GroupState.PreparingRebalance, world.State);
        world.Advance(TimeSpan.FromSeconds(21));
        Assert.Equal(generation + 1, world.ReplyTo<GroupReply.Joined>(rejoin)!.Generation);
    }

    [Fact]
    public void While_a_generation_is_completed_an_unchanged_member_gets_it_again()
    {
        var world = new GroupWorld();
        var joined = world.Join();
        var again = world.Join(joined.MemberId);
        Assert.Equal(joined.Generation, again.Generation);
        Assert.Equal(joined.Members.Select(m => m.MemberId), again.Members.Select(m => m.MemberId));

        var changed = world.Join(joined.MemberId, protocols: GroupWorld.Range("u"));
        Assert.Equal(joined.Generation + 1, changed.Generation);
    }

    [Fact]
    public void The_protocol_that_most_prefer_of_those_that_all_have_is_chosen()
    {
        var world = new GroupWorld();
        MemberProtocol[] aabb = [new("aa", "1"u8.ToArray()), new("bb", "2"u8.ToArray())];
        var first = world.Join(protocols: aabb);
        Assert.Equal("aa", first.ProtocolName);
        world.Sync(first.MemberId, 1);
        var second = world.BeginJoin(protocols: [new("bb", "3"u8.ToArray()), new("cc", "4"u8.ToArray())]);
        var again = world.Join(first.MemberId, protocols: aabb);
        Assert.Equal(("bb", 2), (again.ProtocolName, again.Generation));
        Assert.Equal(["2"u8.ToArray(), "3"u8.ToArray()], again.Members.Select(m => m.Metadata.ToArray()));
        Assert.Empty(world.ReplyTo<GroupReply.Joined>(second)!.Members);
    }

    [Fact]
    public void A_join_that_is_repeated_while_it_waits_leaves_no_request_behind()
    {
        var world = new GroupWorld();
        var (leader, follower, _) = world.JoinTwo();
        var first = world.BeginJoin(leader);
        var second = world.BeginJoin(leader);
        Assert.Equal(ErrorCode.RebalanceInProgress, world.ReplyTo<GroupReply.Joined>(first)!.Error);
        world.Join(follower, protocols: GroupWorld.Range("u"));
        Assert.Equal(ErrorCode.None, world.ReplyTo<GroupReply.Joined>(second)!.Error);
    }

    [Fact]
    public void An_empty_group_takes_another_protocol_type()
    {
        var world = new GroupWorld();
        var member = world.JoinAlone();
        world.Leave(new LeavingMember(member, null));
        Assert.Equal((GroupState.Empty, "consumer"), (world.State, world.Describe().ProtocolType));
        var joined = world.Join(type: "connect", protocols: [new MemberProtocol("zz", default)]);
        Assert.Equal((ErrorCode.None, 3, "zz"), (joined.Error, joined.Generation, joined.ProtocolName));
    }

    [Fact]
    public void Member_ids_hold_no_more_of_a_client_id_than_can_be_stored()
    {
        var world = new GroupWorld();
        var instance = new string('x', Limits.MaxClientIdCharsInMemberId - 1) + "\U0001F600";
        Assert.Equal(Limits.MaxClientIdCharsInMemberId - 1 + 1 + 36, world.Join(instance: instance).MemberId.Length);
    }
}

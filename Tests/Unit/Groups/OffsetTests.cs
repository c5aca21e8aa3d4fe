using Broker.Core.Groups;
using Protocol.Wire;

namespace Tests.Unit.Groups;

public class OffsetTests
{
    [Fact]
    public void A_commit_without_membership_makes_a_group_of_positions()
    {
        var world = new GroupWorld();
        Assert.Equal([ErrorCode.None], world.Commit(10).Partitions);
        Assert.Equal(10, world.Fetch());
        Assert.Equal((GroupState.Empty, ""), (world.State, world.Describe().ProtocolType));
        Assert.Null(world.Fetch("t", 1));
        Assert.Null(world.Fetch(group: "unknown"));
        Assert.Equal([ErrorCode.None], world.Commit(-5).Partitions);
        Assert.Equal(-5, world.Fetch());
        Assert.Equal([ErrorCode.None], world.Commit(4, "someone").Partitions);
        Assert.Equal([ErrorCode.None], world.Commit(4, group: "").Partitions);
    }

    [Fact]
    public void Generations_need_members_and_members_need_the_generation()
    {
        var world = new GroupWorld();
        Assert.Equal(ErrorCode.GroupIdNotFound, world.Commit(1, "a", 3).Error);
        world.Commit(1);
        Assert.Equal(ErrorCode.UnknownMemberId, world.Commit(1, "", 3).Error);

        var member = world.JoinAlone();
        Assert.Equal(ErrorCode.None, world.Commit(42, member, 1).Error);
        Assert.Equal(ErrorCode.IllegalGeneration, world.Commit(1, member, 0).Error);
        Assert.Equal(ErrorCode.IllegalGeneration, world.Commit(1, member, 2).Error);
        Assert.Equal(ErrorCode.IllegalGeneration, world.Commit(1, member, -1).Error);
        Assert.Equal(ErrorCode.UnknownMemberId, world.Commit(1, "nobody", 1).Error);
        Assert.Equal(ErrorCode.UnknownMemberId, world.Commit(1, "", 1).Error);
        Assert.Equal(ErrorCode.UnknownMemberId, world.Commit(1).Error);
        Assert.Equal(42, world.Fetch());
    }

    [Fact]
    public void Commits_are_taken_while_a_rebalance_is_prepared_and_not_while_it_is_completed()
    {
        var world = new GroupWorld();
        var member = world.JoinAlone();
        var second = world.BeginJoin();
        Assert.Equal(GroupState.PreparingRebalance, world.State);
        Assert.Equal(ErrorCode.None, world.Commit(5, member, 1).Error);
        world.Join(member);
        Assert.Equal(GroupState.CompletingRebalance, world.State);
        Assert.Equal(ErrorCode.RebalanceInProgress, world.Commit(6, member, 2).Error);
        Assert.False(world.IsWaiting(second));
        Assert.Equal(5, world.Fetch());
    }

    [Fact]
    public void A_commit_keeps_the_session_alive()
    {
        var world = new GroupWorld();
        var member = world.JoinAlone();
        for (var i = 0; i < 5; i++)
        {
            world.Advance(TimeSpan.FromSeconds(6));
            Assert.Equal(ErrorCode.None, world.Commit(i, member, 1).Error);
        }
    }

    [Fact]
    public void Long_metadata_is_refused_for_its_partition_alone()
    {
        var world = new GroupWorld();
        Assert.Equal([ErrorCode.None], world.Commit(1, metadata: new string('m', 4096)).Partitions);
        var reply = world.ReplyTo<GroupReply.Offsets>(world.Send(r => new GroupInput.CommitOffsets(
            r, GroupWorld.Group, "", null, -1, -1,
            [new("t", Guid.Empty, 0, 2, -1, new string('m', 4097)), new("t", Guid.Empty, 1, 3, -1, null)])))!;
        Assert.Equal([ErrorCode.OffsetMetadataTooLarge, ErrorCode.None], reply.Partitions);
        Assert.Equal((1L, 3L), (world.Fetch("t", 0), world.Fetch("t", 1)));
    }

    [Fact]
    public void Commits_and_what_is_read_of_them_are_answered_when_durable()
    {
        var world = new GroupWorld();
        world.Commit(1);
        world.IsCommitting = false;
        var commit = world.BeginCommit(2);
        var fetch = world.Send(r => new GroupInput.FetchOffsets(r, GroupWorld.Group, null));
        Assert.True(world.IsWaiting(commit) && world.IsWaiting(fetch));
        world.CommitAll();
        Assert.Equal(ErrorCode.None, world.ReplyTo<GroupReply.Offsets>(commit)!.Error);
        Assert.Equal(2, Assert.Single(world.ReplyTo<GroupReply.Fetched>(fetch)!.Found).Value!.Offset);
    }

    [Fact]
    public void Positions_of_topics_that_are_read_cannot_be_deleted()
    {
        var world = new GroupWorld();
        Assert.Equal(ErrorCode.InvalidGroupId, world.DeleteOffsets("t", group: "").Error);
        Assert.Equal(ErrorCode.GroupIdNotFound, world.DeleteOffsets("t").Error);
        var member = world.JoinAlone(protocols: GroupWorld.Range("t"));
        world.Commit(1, member, 1, "t");
        world.Commit(1, member, 1, "u");
        Assert.Equal([ErrorCode.GroupSubscribedToTopic], world.DeleteOffsets("t").Partitions);
        Assert.Equal([ErrorCode.None], world.DeleteOffsets("u").Partitions);
        Assert.Equal([ErrorCode.None], world.DeleteOffsets("u").Partitions);
        Assert.Equal((1L, null), (world.Fetch("t"), world.Fetch("u")));
        world.Leave(new LeavingMember(member, null));
        Assert.Equal([ErrorCode.None], world.DeleteOffsets("t").Partitions);
    }

    [Fact]
    public void Where_subscriptions_cannot_be_read_every_topic_may_be_read()
    {
        var world = new GroupWorld();
        world.JoinAlone(protocols: [new MemberProtocol("own", "x"u8.ToArray())]);
        Assert.Equal([ErrorCode.GroupSubscribedToTopic], world.DeleteOffsets("t").Partitions);
    }

    [Fact]
    public void A_live_group_of_another_type_keeps_its_positions()
    {
        var world = new GroupWorld();
        world.Join(type: "connect", protocols: [new MemberProtocol("p", default)]);
        Assert.Equal(ErrorCode.NonEmptyGroup, world.DeleteOffsets("t").Error);
    }

    [Fact]
    public void Only_empty_groups_are_deleted_and_with_everything_of_them()
    {
        var world = new GroupWorld();
        Assert.Equal(ErrorCode.GroupIdNotFound, world.Delete());
        var member = world.JoinAlone();
        world.Commit(7, member, 1);
        Assert.Equal(ErrorCode.NonEmptyGroup, world.Delete());
        world.Leave(new LeavingMember(member, null));
        Assert.Equal(ErrorCode.None, world.Delete());
        Assert.Equal(GroupState.Dead, world.State);
        Assert.Null(world.Fetch());
        Assert.Empty(world.Machine.Ledger.Snapshot());
        Assert.Equal(ErrorCode.GroupIdNotFound, world.Delete());
    }

    [Fact]
    public void Positions_of_deleted_topics_go_and_those_of_a_topic_made_again_stay()
    {
        var world = new GroupWorld();
        world.Commit(1, topic: "t");
        world.Commit(2, topic: "u");
        world.Step(new GroupInput.RemoveTopics([new TopicKey("t", GroupWorld.IdOf("t")), new TopicKey("u", Guid.NewGuid())]));
        Assert.Equal((null, 2L), (world.Fetch("t"), world.Fetch("u")));
    }
}

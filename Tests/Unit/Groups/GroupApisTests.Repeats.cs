using Kernel;
using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Tests.Unit.Groups;

/// <summary>A few bytes of a request that ask for the same positions again and again.</summary>
public sealed partial class GroupApisTests
{
    [Fact]
    public async Task A_group_whose_positions_are_asked_for_very_often_is_answered_only_so_often()
    {
        await Commit(9, 5);
        const int Repeats = Limits.MaxRepeatedEntriesPerAnswer + 10;
        var answer = await Call<OffsetFetchRequest, OffsetFetchResponse>(9, new()
        {
            Groups = [.. Enumerable.Range(0, 1 + Repeats).Select(_ => new OffsetFetchRequest.OffsetFetchRequestGroup { GroupId = Group, Topics = null })],
        });
        var told = answer.Groups.TakeWhile(g => g.ErrorCode == 0).ToList();
        Assert.Equal(1 + Limits.MaxRepeatedEntriesPerAnswer, told.Count);
        Assert.All(told, g => Assert.Equal(5, Assert.Single(Assert.Single(g.Topics).Partitions).CommittedOffset));
        Assert.All(answer.Groups.Skip(told.Count), g => Assert.Equal(((short)ErrorCode.InvalidRequest, 0), (g.ErrorCode, g.Topics.Count)));
    }

    [Fact]
    public async Task A_position_with_metadata_that_is_asked_for_very_often_is_answered_only_so_often()
    {
        await Call<OffsetCommitRequest, OffsetCommitResponse>(9, new()
        {
            GroupId = Group,
            GenerationIdOrMemberEpoch = -1,
            Topics = [new() { Name = "t", Partitions = [new() { CommittedOffset = 5, CommittedMetadata = "text" }, new() { PartitionIndex = 1, CommittedOffset = 6 }] }],
        });
        const int Repeats = Limits.MaxRepeatedEntriesPerAnswer + 10;
        var answer = await Call<OffsetFetchRequest, OffsetFetchResponse>(9, new()
        {
            Groups = [new() { GroupId = Group, Topics = [new() { Name = "t", PartitionIndexes = [.. new int[1 + Repeats], .. Enumerable.Repeat(1, Repeats)] }] }],
        });
        var partitions = Assert.Single(answer.Groups[0].Topics).Partitions;
        Assert.Equal(1 + Limits.MaxRepeatedEntriesPerAnswer, partitions.Count(p => p.CommittedOffset == 5));
        Assert.Equal(10, partitions.Count(p => p.ErrorCode == (short)ErrorCode.InvalidRequest));
        Assert.Equal(Repeats, partitions.Count(p => p.CommittedOffset == 6));
    }

    [Fact]
    public async Task A_group_that_is_described_very_often_is_answered_only_so_often()
    {
        await JoinAndSync();
        var answer = await Call<DescribeGroupsRequest, DescribeGroupsResponse>(5, new()
        {
            Groups = [.. Enumerable.Repeat(Group, 1 + Limits.MaxRepeatedEntriesPerAnswer + 10)],
        });
        Assert.Equal(1 + Limits.MaxRepeatedEntriesPerAnswer, answer.Groups.Count(g => g.ErrorCode == 0 && g.Members.Count == 1));
        Assert.Equal(10, answer.Groups.Count(g => g.ErrorCode == (short)ErrorCode.InvalidRequest && g.Members.Count == 0));
    }
}

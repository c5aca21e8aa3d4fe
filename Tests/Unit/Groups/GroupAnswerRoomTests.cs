using Kernel;
using Protocol.Wire;
using Protocol.Wire.Messages;
using AskedGroup = Protocol.Wire.Messages.OffsetFetchRequest.OffsetFetchRequestGroup;
using AskedTopic = Protocol.Wire.Messages.OffsetFetchRequest.OffsetFetchRequestGroup.OffsetFetchRequestTopics;

namespace Tests.Unit.Groups;

/// <summary>Answers to short requests that name something large again and again: they end at a bound, and say so.</summary>
public sealed class GroupAnswerRoomTests : IAsyncLifetime
{
    private GroupNode _node = null!;

    public async ValueTask InitializeAsync() => _node = await GroupNode.StartAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task One_large_group_described_many_times()
    {
        var bytes = new byte[480_000];
        var joined = await _node.Call<JoinGroupRequest, JoinGroupResponse>(3, new()
        {
            GroupId = "g",
            SessionTimeoutMs = 600_000,
            RebalanceTimeoutMs = 600_000,
            ProtocolType = "x",
            Protocols = [new() { Name = "r", Metadata = bytes }],
        });
        await _node.Call<SyncGroupRequest, SyncGroupResponse>(2, new()
        {
            GroupId = "g", GenerationId = 1, MemberId = joined.MemberId, Assignments = [new() { MemberId = joined.MemberId, Assignment = bytes }],
        });
        var fit = Limits.MaxGroupAnswerBytes / (2 * bytes.Length);
        var described = await _node.Call<DescribeGroupsRequest, DescribeGroupsResponse>(6, new() { Groups = [.. Enumerable.Repeat("g", fit + 2)] });

        Assert.All(described.Groups[..fit], g => Assert.Equal((0, 1), (g.ErrorCode, g.Members.Count)));
        Assert.All(described.Groups[fit..], g => Assert.Equal(((short)ErrorCode.MessageTooLarge, 0, "g"), (g.ErrorCode, g.Members.Count, g.GroupId)));
        Assert.Contains("Ask for fewer", described.Groups[fit].ErrorMessage);
        Assert.Null(described.Groups[fit + 1].ErrorMessage);
    }

    [Fact]
    public async Task One_long_position_asked_for_many_times()
    {
        await _node.CreateTopic("t");
        var text = new string('\u20AC', Limits.MaxOffsetMetadataBytes);
        var commit = await _node.Call<OffsetCommitRequest, OffsetCommitResponse>(9, new()
        {
            GroupId = "g",
            GenerationIdOrMemberEpoch = -1,
            Topics = [new() { Name = "t", Partitions = [new() { CommittedOffset = 1, CommittedMetadata = text }] }],
        });
        Assert.Equal(0, commit.Topics[0].Partitions[0].ErrorCode);
        var tooMany = (Limits.MaxGroupAnswerBytes / (3 * text.Length)) + 1;

        var single = await _node.Call<OffsetFetchRequest, OffsetFetchResponse>(
            5, new() { GroupId = "g", Topics = [new() { Name = "t", PartitionIndexes = [.. new int[tooMany]] }] });
        Assert.Equal((short)ErrorCode.MessageTooLarge, single.ErrorCode);
        Assert.All(single.Topics[0].Partitions, p => Assert.Equal(((short)ErrorCode.MessageTooLarge, -1L, ""), (p.ErrorCode, p.CommittedOffset, p.Metadata)));
        Assert.Equal(tooMany, single.Topics[0].Partitions.Count);

        var some = new AskedGroup { GroupId = "g", Topics = [new AskedTopic { Name = "t", PartitionIndexes = [0, 0] }] };
        var whole = new AskedGroup { GroupId = "g", Topics = null };
        var many = await _node.Call<OffsetFetchRequest, OffsetFetchResponse>(9, new() { Groups = [some, .. Enumerable.Repeat(whole, tooMany)] });
        Assert.Equal([text, text], many.Groups[0].Topics[0].Partitions.Select(p => p.Metadata));
        Assert.Equal(text, many.Groups[1].Topics[0].Partitions[0].Metadata);
        Assert.Equal(((short)ErrorCode.MessageTooLarge, 0), (many.Groups[^1].ErrorCode, many.Groups[^1].Topics.Count));
    }
}

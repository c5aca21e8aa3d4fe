using Broker.Core.Metadata;
using Protocol.Wire;
using Protocol.Wire.Messages;
using AskedTopic = Protocol.Wire.Messages.OffsetFetchRequest.OffsetFetchRequestGroup.OffsetFetchRequestTopics;

namespace Tests.Unit.Groups;

public sealed class OffsetFetchApiTests
{
    [Fact]
    public async Task A_topic_that_goes_while_positions_are_fetched_takes_no_others_with_it()
    {
        using var go = new ManualResetEventSlim();
        await using var world = await CoordinatorWorld.StartAsync(partitions: 1, "a", "b", "c");
        var ids = new[] { "a", "b", "c" }.Select(name => world.Metadata.Image.Find(name)!.Id).ToArray();

        // Positions are shown once they are durable: a commit that waits for the disk holds the fetch.
        world.Disk.OnSync = _ => go.Wait(TimeSpan.FromSeconds(60));
        var commit = world.CommitAsync(8, "c");
        var fetch = world.CallAsync<OffsetFetchRequest, OffsetFetchResponse>(10, new()
        {
            Groups = [new() { GroupId = "g", Topics = [.. ids.Select(id => new AskedTopic { TopicId = id, PartitionIndexes = [0] })] }],
        });
        Assert.False(fetch.IsCompleted);
        await world.Metadata.ExecuteAsync(new ClusterCommand.DeleteTopics([new TopicReference("a", Guid.Empty)]));
        go.Set();

        var partitions = (await fetch).Groups[0].Topics.ConvertAll(t => t.Partitions[0]);
        Assert.Equal([ErrorCode.UnknownTopicId, ErrorCode.None, ErrorCode.None], partitions.Select(p => (ErrorCode)p.ErrorCode));
        Assert.Equal([-1, 5, 8], partitions.Select(p => p.CommittedOffset));
        Assert.Equal(ErrorCode.None, await commit);
    }
}

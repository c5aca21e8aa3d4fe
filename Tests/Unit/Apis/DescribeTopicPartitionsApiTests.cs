using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Tests.Unit.Apis;

/// <summary>DescribeTopicPartitions: pages in the order of names, and the cursor between them.</summary>
public class DescribeTopicPartitionsApiTests
{
    [Theory]
    [InlineData("c b", 100, "", "b012 c012", "")]
    [InlineData("c b", 4, "", "b012 c0", "c/1")]
    [InlineData("c b", 3, "", "b012", "c/0")]
    [InlineData("c b", 1, "", "b0", "b/1")]
    [InlineData("c b", 0, "", "b0", "b/1")]
    [InlineData("c b", -1, "", "b0", "b/1")]
    [InlineData("c b", 100, "b/1", "b12 c012", "")]
    [InlineData("c b", 100, "c/2", "c2", "")]
    [InlineData("c b", 2, "b/9", "b c01", "c/2")]
    [InlineData("c b", 100, "b/2147483647", "b c012", "")]
    [InlineData("b b", 100, "", "b012", "")]
    [InlineData("", 100, "", "a0 b012 c012", "")]
    [InlineData("", 2, "a/0", "a0 b0", "b/1")]
    [InlineData("", 100, "bb/5", "c012", "")]
    [InlineData("b nix", 3, "", "b012", "nix/0")]
    public async Task Pages_hold_what_fits_and_say_where_the_next_begins(string topics, int limit, string cursor, string expected, string next)
    {
        using var apis = await StartAsync();
        var answer = await Ask(apis, limit, cursor, topics.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(expected, string.Join(' ', answer.Topics.Select(t => t.Name + string.Concat(t.Partitions.Select(p => p.PartitionIndex)))));
        Assert.Equal(next, answer.NextCursor is { } at ? $"{at.TopicName}/{at.PartitionIndex}" : "");
        Assert.All(answer.Topics, t => Assert.Equal(0, t.ErrorCode));
    }

    [Fact]
    public async Task The_brokers_limit_bounds_a_page_whatever_the_client_asks()
    {
        using var apis = await StartAsync(("max.request.partition.size.limit", "5"));
        var answer = await Ask(apis, int.MaxValue, "");
        Assert.Equal(5, answer.Topics.Sum(t => t.Partitions.Count));
        Assert.Equal(("c", 1), (answer.NextCursor!.TopicName, answer.NextCursor.PartitionIndex));
    }

    [Fact]
    public async Task A_partition_is_led_by_this_broker()
    {
        using var apis = await StartAsync();
        var topic = Assert.Single((await Ask(apis, 1, "", "b")).Topics);
        Assert.Equal((apis.Metadata.Image.Find("b")!.Id, false, 3576), (topic.TopicId, topic.IsInternal, topic.TopicAuthorizedOperations));
        var partition = Assert.Single(topic.Partitions);
        Assert.Equal((ErrorCode.None, ClusterApis.NodeId, 0), ((ErrorCode)partition.ErrorCode, partition.LeaderId, partition.LeaderEpoch));
        Assert.Equal([ClusterApis.NodeId], partition.ReplicaNodes);
        Assert.Equal([ClusterApis.NodeId], partition.IsrNodes);
        Assert.Equal([[], [], []], new[] { partition.EligibleLeaderReplicas, partition.LastKnownElr, partition.OfflineReplicas });
    }

    [Fact]
    public async Task Unknown_topics_have_an_error_and_no_partitions()
    {
        using var apis = await StartAsync();
        var answer = await Ask(apis, 100, "", "nix", "a b", "b");
        Assert.Equal(
            [("a b", ErrorCode.InvalidTopicException, 0), ("b", ErrorCode.None, 3), ("nix", ErrorCode.UnknownTopicOrPartition, 0)],
            answer.Topics.Select(t => (t.Name!, (ErrorCode)t.ErrorCode, t.Partitions.Count)));
    }

    [Theory]
    [InlineData("bb/0")]
    [InlineData("b/-1")]
    public async Task A_cursor_that_points_nowhere_is_refused(string cursor)
    {
        using var apis = await StartAsync();
        var answer = await Ask(apis, 100, cursor, "b", "c");
        Assert.Equal([("b", ErrorCode.InvalidRequest), ("c", ErrorCode.InvalidRequest)], answer.Topics.Select(t => (t.Name!, (ErrorCode)t.ErrorCode)));
        Assert.Null(answer.NextCursor);
    }

    private static async Task<ClusterApis> StartAsync(params (string Name, string Value)[] properties)
    {
        var apis = await ClusterApis.StartAsync(properties);
        await apis.MakeAsync("c", 3);
        await apis.MakeAsync("a");
        await apis.MakeAsync("b", 3);
        return apis;
    }

    private static Task<DescribeTopicPartitionsResponse> Ask(ClusterApis apis, int limit, string cursor, params string[] topics)
    {
        var request = new DescribeTopicPartitionsRequest
        {
            ResponsePartitionLimit = limit,
            Topics = [.. topics.Select(name => new DescribeTopicPartitionsRequest.TopicRequest { Name = name })],
        };
        if (cursor.Split('/') is [var topic, var index])
        {
            request.Cursor = new() { TopicName = topic, PartitionIndex = int.Parse(index, System.Globalization.CultureInfo.InvariantCulture) };
        }

        return apis.CallAsync<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>(request, 0);
    }
}

using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Tests.Unit.Apis;

public class MetadataApiTests
{
    private static MetadataRequest Names(bool mayCreate, params string?[] names)
        => new() { AllowAutoTopicCreation = mayCreate, Topics = [.. names.Select(n => new MetadataRequest.MetadataRequestTopic { Name = n })] };

    private static MetadataRequest ById(Guid id, string? name = null) => new() { Topics = [new() { TopicId = id, Name = name }] };

    private static Task<MetadataResponse> Call(ClusterApis apis, MetadataRequest request, short version) => apis.CallAsync<MetadataRequest, MetadataResponse>(request, version);

    [Fact]
    public async Task Tells_the_broker_by_the_listener_that_was_used()
    {
        using var apis = await ClusterApis.StartAsync();
        var answer = await Call(apis, new MetadataRequest { Topics = [], IncludeClusterAuthorizedOperations = true }, 10);
        var broker = Assert.Single(answer.Brokers);
        Assert.Equal((1, "broker.example", 19092, "eu"), (broker.NodeId, broker.Host, broker.Port, broker.Rack));
        Assert.Equal((ClusterApis.Cluster, 1, 8096), (answer.ClusterId, answer.ControllerId, answer.ClusterAuthorizedOperations));
        Assert.Empty(answer.Topics);
    }

    [Fact]
    public async Task All_topics_are_asked_for_by_null_and_in_version_0_by_an_empty_list()
    {
        using var apis = await ClusterApis.StartAsync();
        await apis.MakeAsync("b", 2);
        await apis.MakeAsync("a");
        Assert.Equal(["a", "b"], (await Call(apis, new MetadataRequest { Topics = null }, 1)).Topics.Select(t => t.Name));
        Assert.Equal(["a", "b"], (await Call(apis, new MetadataRequest { Topics = [] }, 0)).Topics.Select(t => t.Name));
    }

    [Fact]
    public async Task A_topic_has_its_id_partitions_and_operations()
    {
        using var apis = await ClusterApis.StartAsync();
        var made = await apis.MakeAsync("t", 3);
        var request = Names(false, "t", "t");
        request.IncludeTopicAuthorizedOperations = true;
        var topic = Assert.Single((await Call(apis, request, 13)).Topics);
        Assert.Equal((made.Id, 3576, false), (topic.TopicId, topic.TopicAuthorizedOperations, topic.IsInternal));
        Assert.Equal([0, 1, 2], topic.Partitions.Select(p => p.PartitionIndex));
        Assert.All(topic.Partitions, p => Assert.Equal((0, 1, 0), (p.ErrorCode, p.LeaderId, p.LeaderEpoch)));
        Assert.All(topic.Partitions, p => Assert.Equal([1], p.IsrNodes));
    }

    [Fact]
    public async Task The_first_answer_for_a_topic_made_automatically_is_unknown_and_the_next_has_it()
    {
        using var apis = await ClusterApis.StartAsync(("num.partitions", "4"));
        var first = Assert.Single((await Call(apis, Names(true, "auto"), 9)).Topics);
        Assert.Equal(((short)ErrorCode.UnknownTopicOrPartition, 0), (first.ErrorCode, first.Partitions.Count));
        Assert.Equal(4, Assert.Single((await Call(apis, Names(true, "auto"), 9)).Topics).Partitions.Count);
    }

    [Fact]
    public async Task The_offsets_topic_is_made_as_the_broker_needs_it()
    {
        using var apis = await ClusterApis.StartAsync(("offsets.topic.num.partitions", "5"), ("num.partitions", "2"));
        await Call(apis, Names(true, "__consumer_offsets"), 9);
        var topic = Assert.Single((await Call(apis, Names(false, "__consumer_offsets"), 9)).Topics);
        Assert.Equal((true, 5), (topic.IsInternal, topic.Partitions.Count));
        Assert.Equal("compact", apis.Metadata.Image.Find("__consumer_offsets")!.Configs["cleanup.policy"]);
    }

    [Theory]
    [InlineData("unknown", false, 3)]
    [InlineData("__cluster_metadata", true, 3)]
    [InlineData("a b", true, 17)]
    [InlineData("", true, 17)]
    [InlineData("c_d", true, 17)]
    public async Task What_is_not_made_says_why(string name, bool mayCreate, short error)
    {
        using var apis = await ClusterApis.StartAsync();
        await apis.MakeAsync("c.d");
        var topic = Assert.Single((await Call(apis, Names(mayCreate, name), 9)).Topics);
        Assert.Equal((error, name), (topic.ErrorCode, topic.Name));
        Assert.Single(apis.Metadata.Image.Topics);
    }

    [Fact]
    public async Task Automatic_creation_can_be_switched_off()
    {
        using var apis = await ClusterApis.StartAsync(("auto.create.topics.enable", "false"));
        await Call(apis, Names(true, "auto"), 9);
        Assert.Empty(apis.Metadata.Image.Topics);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(11)]
    public async Task Ids_are_refused_before_version_12(short version)
    {
        using var apis = await ClusterApis.StartAsync();
        var made = await apis.MakeAsync("t");
        foreach (var request in new[] { ById(made.Id), ById(Guid.Empty), ById(made.Id, "t") })
        {
            var answer = await Call(apis, request, version);
            Assert.Equal((0, null, -1), (answer.Brokers.Count, answer.ClusterId, answer.ControllerId));
            Assert.Equal((short)ErrorCode.InvalidRequest, Assert.Single(answer.Topics).ErrorCode);
        }
    }

    [Fact]
    public async Task Ids_are_found_and_only_they_count()
    {
        using var apis = await ClusterApis.StartAsync();
        var one = await apis.MakeAsync("one");
        await apis.MakeAsync("two");
        Assert.Equal("one", Assert.Single((await Call(apis, ById(one.Id), 12)).Topics).Name);
        Assert.Equal("one", Assert.Single((await Call(apis, ById(one.Id, "two"), 13)).Topics).Name);
        var both = new MetadataRequest { Topics = [new() { TopicId = one.Id, Name = null }, new() { Name = "two" }] };
        Assert.Equal("one", Assert.Single((await Call(apis, both, 13)).Topics).Name);

        var unknown = Assert.Single((await Call(apis, ById(Guid.NewGuid()), 12)).Topics);
        Assert.Equal(((short)ErrorCode.UnknownTopicId, null), (unknown.ErrorCode, unknown.Name));
    }

    [Fact]
    public async Task Neither_name_nor_id_fails_the_whole_request()
    {
        using var apis = await ClusterApis.StartAsync();
        var answer = await Call(apis, ById(Guid.Empty), 13);
        Assert.Equal((-1, 0), (answer.ErrorCode, answer.Brokers.Count));
        Assert.Equal((-1, ""), (Assert.Single(answer.Topics).ErrorCode, answer.Topics[0].Name));
    }
}

using Kernel.Ids;
using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Tests.Unit.Gateway;

/// <summary>What a tenant's client may not do, by the Kafka protocol, to topics that the federation keeps.</summary>
public class FederatedTopicTests
{
    private static readonly Guid FederatedId = new("11111111-2222-3333-4444-555555555555");
    private static readonly Guid OwnId = new("99999999-8888-7777-6666-555555555555");

    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    public async Task Federated_topics_are_not_deleted_by_name_and_others_are(short version)
    {
        await using var broker = Broker();
        await using var door = await Door.OpenAsync(broker, isFederated: name => name == "demo.fl");
        await using var client = await door.ConnectAsync();
        string[] names = ["fl", "own"];
        var request = version < 6
            ? new DeleteTopicsRequest { TopicNames = [.. names] }
            : new DeleteTopicsRequest { Topics = [.. names.Select(n => new DeleteTopicsRequest.DeleteTopicState { Name = n })] };
        var answer = await Door.CallAsync<DeleteTopicsResponse>(client, version, request);
        Assert.Equal([("own", ErrorCode.None), ("fl", ErrorCode.PolicyViolation)], answer.Responses.Select(t => (t.Name, (ErrorCode)t.ErrorCode)));
        Assert.Equal(["demo.own"], Deleted(broker));
        if (version >= 6)
        {
            Assert.Contains("fed topic delete fl", answer.Responses[1].ErrorMessage, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Nobody_is_told_how_to_delete_a_schema_log()
    {
        await using var broker = Broker();
        await using var door = await Door.OpenAsync(broker, isFederated: name => name == "demo._schemas");
        await using var client = await door.ConnectAsync();
        var answer = await Door.CallAsync<DeleteTopicsResponse>(client, 6, new DeleteTopicsRequest { Topics = [new() { Name = "_schemas" }] });
        Assert.Equal("Topic '_schemas' is the log of the schema registry, and is not deleted by clients.", Assert.Single(answer.Responses).ErrorMessage);
    }

    [Fact]
    public async Task Federated_topics_are_not_deleted_by_id_and_others_are()
    {
        await using var broker = Broker();
        await using var door = await Door.OpenAsync(broker, isFederated: name => name == "demo.fl");
        await using var client = await door.ConnectAsync();
        var listed = await Door.CallAsync<MetadataResponse>(client, 12, new MetadataRequest { Topics = null });
        var ids = listed.Topics.ToDictionary(t => t.Name!, t => t.TopicId);
        var both = new DeleteTopicsRequest { Topics = [new() { TopicId = ids["fl"] }, new() { TopicId = ids["own"] }] };
        var answer = await Door.CallAsync<DeleteTopicsResponse>(client, 6, both);
        Assert.Equal(
            [(ids["own"], ErrorCode.None), (ids["fl"], ErrorCode.PolicyViolation)],
            answer.Responses.Select(t => (t.TopicId, (ErrorCode)t.ErrorCode)));
        Assert.Equal([OwnId.ToString()], Deleted(broker));

        // Alone, nothing is left to ask the cluster.
        answer = await Door.CallAsync<DeleteTopicsResponse>(client, 6, new DeleteTopicsRequest { Topics = [new() { TopicId = ids["fl"] }] });
        Assert.Equal(ErrorCode.PolicyViolation, (ErrorCode)Assert.Single(answer.Responses).ErrorCode);
        Assert.Equal([OwnId.ToString()], Deleted(broker));
    }

    [Fact]
    public async Task Federated_topics_get_no_partitions_and_others_do()
    {
        await using var broker = Broker();
        await using var door = await Door.OpenAsync(broker, isFederated: name => name == "demo.fl");
        await using var client = await door.ConnectAsync();
        var request = new CreatePartitionsRequest { Topics = [new() { Name = "fl", Count = 9 }, new() { Name = "own", Count = 9 }] };
        var answer = await Door.CallAsync<CreatePartitionsResponse>(client, 3, request);
        Assert.Equal([("own", ErrorCode.None), ("fl", ErrorCode.PolicyViolation)], answer.Results.Select(t => (t.Name, (ErrorCode)t.ErrorCode)));
        Assert.Contains("cannot be added to a federated topic yet", answer.Results[1].ErrorMessage, StringComparison.Ordinal);
        var asked = (CreatePartitionsRequest)Assert.Single(broker.RequestsOf(ApiKey.CreatePartitions)).Message;
        Assert.Equal(["demo.own"], asked.Topics.Select(t => t.Name));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_copys_settings_are_not_altered_and_the_homes_are(bool validateOnly)
    {
        await using var broker = Broker();
        await using var door = await Door.OpenAsync(broker, isFederated: _ => true, homeOfCopy: name => name == "demo.fl" ? new RegionId("us") : null);
        await using var client = await door.ConnectAsync();
        IncrementalAlterConfigsRequest Request(params string[] topics) => new()
        {
            ValidateOnly = validateOnly,
            Resources = [.. topics.Select(t => new IncrementalAlterConfigsRequest.AlterConfigsResource
            {
                ResourceType = 2, ResourceName = t, Configs = [new() { Name = "retention.ms", Value = "5" }],
            })],
        };
        var answer = await Door.CallAsync<IncrementalAlterConfigsResponse>(client, 1, Request("fl", "own"));
        Assert.Equal([("own", ErrorCode.None), ("fl", ErrorCode.PolicyViolation)], answer.Responses.Select(t => (t.ResourceName, (ErrorCode)t.ErrorCode)));
        Assert.Contains("home is region us", answer.Responses[1].ErrorMessage, StringComparison.Ordinal);
        answer = await Door.CallAsync<IncrementalAlterConfigsResponse>(client, 1, Request("fl"));
        Assert.Equal(ErrorCode.PolicyViolation, (ErrorCode)Assert.Single(answer.Responses).ErrorCode);
        var asked = (IncrementalAlterConfigsRequest)Assert.Single(broker.RequestsOf(ApiKey.IncrementalAlterConfigs)).Message;
        Assert.Equal((validateOnly, "demo.own"), (asked.ValidateOnly, Assert.Single(asked.Resources).ResourceName));
    }

    /// <summary>What the broker was asked to delete: names, or ids.</summary>
    private static IEnumerable<string> Deleted(FakeBroker broker) =>
        broker.RequestsOf(ApiKey.DeleteTopics).Select(r => (DeleteTopicsRequest)r.Message)
            .SelectMany(d => d.TopicNames.Concat(d.Topics.Select(t => t.Name ?? t.TopicId.ToString())));

    private static FakeBroker Broker()
    {
        var broker = new FakeBroker
        {
            Topics = [new() { Name = "demo.fl", TopicId = FederatedId }, new() { Name = "demo.own", TopicId = OwnId }],
        };
        broker.Answer = r => new(r.Message switch
        {
            MetadataRequest => broker.DefaultMetadata(),
            DeleteTopicsRequest deleted => new DeleteTopicsResponse
            {
                Responses =
                [
                    .. deleted.TopicNames.Select(n => new DeleteTopicsResponse.DeletableTopicResult { Name = n }),
                    .. deleted.Topics.Select(t => new DeleteTopicsResponse.DeletableTopicResult
                    {
                        Name = t.Name ?? (t.TopicId == OwnId ? "demo.own" : "demo.fl"),
                        TopicId = t.TopicId,
                    }),
                ],
            },
            CreatePartitionsRequest extended => new CreatePartitionsResponse
            {
                Results = extended.Topics.ConvertAll(t => new CreatePartitionsResponse.CreatePartitionsTopicResult { Name = t.Name }),
            },
            IncrementalAlterConfigsRequest altered => new IncrementalAlterConfigsResponse
            {
                Responses = altered.Resources.ConvertAll(t => new IncrementalAlterConfigsResponse.AlterConfigsResourceResponse
                {
                    ResourceType = t.ResourceType, ResourceName = t.ResourceName,
                }),
            },
            _ => null,
        });
        return broker;
    }
}

using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Tests.Unit.Apis;

public class ApiDispatcherTests
{
    public static TheoryData<byte[], string> Refused => new()
    {
        { [], "header" },
        { [0, 3, 0], "header" },
        { [0, 54, 0, 0, 0, 0, 0, 1, 255, 255], "54" },
        { [255, 255, 0, 0, 0, 0, 0, 1, 255, 255], "-1" },
        { [0, 3, 0, 14, 0, 0, 0, 1, 255, 255, 0], "version 14 of Metadata" },
        { [0, 3, 255, 255, 0, 0, 0, 1, 255, 255], "version -1 of Metadata" },
        { [0, 3, 0, 4, 0, 0, 0, 1, 255, 255, 127, 255, 255, 255], "Metadata version 4 cannot be read" },
        { [0, 18, 0, 3, 0, 0, 0, 1, 255, 255, 0, 0, 2, (byte)'1', 0], "ApiVersions version 3 cannot be read" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_cannot_be_read_closes_the_connection_with_one_log_line(byte[] frame, string why)
    {
        using var apis = await ClusterApis.StartAsync();
        Assert.Null(await apis.SendAsync(frame));
        Assert.Contains(why, Assert.Single(apis.Log.Lines), StringComparison.Ordinal);
        Assert.Equal(1, apis.Metrics.Refused);
    }

    [Fact]
    public async Task Trailing_bytes_are_ignored()
    {
        using var apis = await ClusterApis.StartAsync();
        Assert.NotNull(await apis.SendAsync([0, 18, 0, 0, 0, 0, 0, 1, 255, 255, 1, 2, 3]));
        Assert.Empty(apis.Log.Lines);
        Assert.Equal(1, apis.Metrics.RequestsOf(Protocol.Wire.ApiKey.ApiVersions));
    }

    [Fact]
    public async Task A_failed_disk_is_an_answer_to_each_change()
    {
        const short Error = (short)ErrorCode.KafkaStorageError;
        using var apis = await ClusterApis.StartAsync();
        var topic = await apis.MakeAsync("t");
        apis.Metadata.Dispose();
        var created = await apis.CallAsync<CreateTopicsRequest, CreateTopicsResponse>(
            new() { Topics = [new() { Name = "u", NumPartitions = 1, ReplicationFactor = 1 }] }, 7);
        Assert.Equal(("u", Error), (created.Topics[0].Name, created.Topics[0].ErrorCode));
        var more = await apis.CallAsync<CreatePartitionsRequest, CreatePartitionsResponse>(new() { Topics = [new() { Name = "t", Count = 2 }] }, 3);
        Assert.Equal(("t", Error), (more.Results[0].Name, more.Results[0].ErrorCode));
        var altered = await apis.CallAsync<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(
            new() { Resources = [new() { ResourceType = 2, ResourceName = "t", Configs = [new() { Name = "retention.ms", Value = "1" }] }] }, 1);
        Assert.Equal(("t", Error), (altered.Responses[0].ResourceName, altered.Responses[0].ErrorCode));
        var replaced = await apis.CallAsync<AlterConfigsRequest, AlterConfigsResponse>(
            new() { Resources = [new() { ResourceType = 2, ResourceName = "t", Configs = [new() { Name = "retention.ms", Value = "1" }] }] }, 2);
        Assert.Equal(("t", Error), (replaced.Responses[0].ResourceName, replaced.Responses[0].ErrorCode));
        var deleted = await apis.CallAsync<DeleteTopicsRequest, DeleteTopicsResponse>(new() { Topics = [new() { TopicId = topic.Id }] }, 6);
        Assert.Equal((topic.Id, Error), (deleted.Responses[0].TopicId, deleted.Responses[0].ErrorCode));
        var metadata = await apis.CallAsync<MetadataRequest, MetadataResponse>(new() { AllowAutoTopicCreation = true, Topics = [new() { Name = "auto" }] }, 9);
        Assert.Equal(("auto", Error), (metadata.Topics[0].Name, metadata.Topics[0].ErrorCode));
        Assert.Empty(apis.Log.Lines);
    }

    [Fact]
    public async Task Metrics_are_prometheus_text()
    {
        using var apis = await ClusterApis.StartAsync();
        await apis.SendAsync([0, 18, 0, 0, 0, 0, 0, 1, 255, 255]);
        await apis.SendAsync([]);
        using var writer = new StringWriter();
        apis.Metrics.Write(writer, "region=\"eu\"");
        Assert.Contains("broker_request_seconds_count{region=\"eu\",api=\"ApiVersions\"} 1\n", writer.ToString(), StringComparison.Ordinal);
        Assert.Contains("broker_connections_refused_total{region=\"eu\"} 1\n", writer.ToString(), StringComparison.Ordinal);
    }
}

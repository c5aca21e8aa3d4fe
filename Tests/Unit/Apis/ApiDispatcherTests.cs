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
    public async Task A_failed_disk_closes_the_connection_and_says_so_once()
    {
        using var apis = await ClusterApis.StartAsync();
        apis.Metadata.Dispose();
        byte[] createTopics = [0, 19, 0, 2, 0, 0, 0, 1, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        Assert.Null(await apis.SendAsync(createTopics));
        Assert.Contains("CreateTopics", Assert.Single(apis.Log.Lines), StringComparison.Ordinal);
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

using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Framing;
using Protocol.Wire.Messages;

namespace Tests.Unit.Apis;

public class ApiVersionsApiTests
{
    private static ApiVersionsRequest Named(string name = "differ", string version = "1.0") => new() { ClientSoftwareName = name, ClientSoftwareVersion = version };

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Says_what_is_served_and_nothing_private(short version)
    {
        using var apis = await ClusterApis.StartAsync();
        var answer = await apis.CallAsync<ApiVersionsRequest, ApiVersionsResponse>(Named(), version);
        Assert.Equal(0, answer.ErrorCode);
        Assert.Contains(answer.ApiKeys, k => k.ApiKey == (short)ApiKey.Metadata && k is { MinVersion: 0, MaxVersion: 13 });
        Assert.All(answer.ApiKeys, k => Assert.InRange(k.ApiKey, 0, 127));
        Assert.DoesNotContain(answer.ApiKeys, k => k.ApiKey == (short)ApiKey.EndTxn);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(99)]
    [InlineData(short.MaxValue)]
    [InlineData(-1)]
    public async Task A_version_that_is_not_served_is_refused_in_version_0(short version)
    {
        using var apis = await ClusterApis.StartAsync();
        byte[] tags = version > 0 ? [0] : [];
        byte[] frame = [0, 18, (byte)(version >> 8), (byte)version, 0, 0, 0, 7, 255, 255, .. tags];
        var bytes = await apis.SendAsync(frame);
        Assert.Equal([0, 0, 0, 7, 0, 35, 0, 0, 0, 1, 0, 18, 0, 0, 0, 5], bytes);
        Assert.Equal(0, (await apis.CallAsync<ApiVersionsRequest, ApiVersionsResponse>(Named(), 3)).ErrorCode);
    }

    [Theory]
    [InlineData("", "1", 42)]
    [InlineData("-x", "1", 42)]
    [InlineData("x-", "1", 42)]
    [InlineData("a b", "1", 42)]
    [InlineData("ä", "1", 42)]
    [InlineData("x/y", "1", 42)]
    [InlineData("differ", "", 42)]
    [InlineData("differ", "1 0", 42)]
    [InlineData("differ", "-1", 42)]
    [InlineData("a.b-c", "v1.2-SNAPSHOT", 0)]
    public async Task Names_are_checked_from_version_3_on(string name, string softwareVersion, short error)
    {
        using var apis = await ClusterApis.StartAsync();
        var answer = await apis.CallAsync<ApiVersionsRequest, ApiVersionsResponse>(Named(name, softwareVersion), 3);
        Assert.Equal(error, answer.ErrorCode);
        Assert.Equal(error == 0, answer.ApiKeys.Count > 0);
        Assert.Equal(0, (await apis.CallAsync<ApiVersionsRequest, ApiVersionsResponse>(Named(name, softwareVersion), 2)).ErrorCode);
    }

    /// <summary>As Kafka's; a frame's 100 MB would else be kept as one name.</summary>
    [Theory]
    [InlineData(short.MaxValue, true)]
    [InlineData(short.MaxValue + 1, false)]
    public async Task A_string_of_more_than_Kafkas_length_ends_the_connection(int length, bool isTaken)
    {
        using var apis = await ClusterApis.StartAsync();
        using var writer = new FrameWriter();
        new RequestHeader((short)ApiKey.ApiVersions, 3, 1, "test").Write(writer);
        Named(new string('a', length)).Write(writer, 3);
        Assert.Equal(isTaken, await apis.SendAsync(writer.ToArray()) is not null);
    }

    [Theory]
    [InlineData(null, -1, 0)]
    [InlineData(ClusterApis.Cluster, 1, 0)]
    [InlineData(ClusterApis.Cluster, 2, 129)]
    [InlineData("other", 1, 129)]
    [InlineData(null, 1, 42)]
    [InlineData(ClusterApis.Cluster, -1, 42)]
    [InlineData("other", -1, 42)]
    public async Task Version_5_checks_the_target(string? cluster, int node, short error)
    {
        using var apis = await ClusterApis.StartAsync();
        var request = Named();
        (request.ClusterId, request.NodeId) = (cluster, node);
        var answer = await apis.CallAsync<ApiVersionsRequest, ApiVersionsResponse>(request, 5);
        Assert.Equal(error, answer.ErrorCode);
        Assert.Equal(error == 0, answer.ApiKeys.Count > 0);
    }
}

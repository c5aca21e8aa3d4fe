using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Tests.Unit.Apis;

public class OtherClusterApisTests
{
    [Theory]
    [InlineData(0, 2, 0)]
    [InlineData(0, 3, 0)]
    [InlineData(1, 1, 0)]
    [InlineData(1, 2, 114)]
    [InlineData(1, 3, 115)]
    [InlineData(2, 0, 115)]
    public async Task DescribeCluster_answers_for_brokers_only(short version, sbyte endpointType, short error)
    {
        using var apis = await ClusterApis.StartAsync();
        var request = new DescribeClusterRequest { EndpointType = endpointType, IncludeClusterAuthorizedOperations = true };
        var answer = await apis.CallAsync<DescribeClusterRequest, DescribeClusterResponse>(request, version);
        Assert.Equal(error, answer.ErrorCode);
        Assert.Equal(error == 0 ? (ClusterApis.Cluster, 1, 8096) : ("", -1, int.MinValue), (answer.ClusterId, answer.ControllerId, answer.ClusterAuthorizedOperations));
        Assert.Equal(error == 0 ? ["broker.example"] : [], answer.Brokers.Select(b => b.Host));
    }

    private static Task<InitProducerIdResponse> Init(ClusterApis apis, string? id, int timeoutMs = 1000, long producerId = -1, short epoch = -1)
        => apis.CallAsync<InitProducerIdRequest, InitProducerIdResponse>(
            new InitProducerIdRequest { TransactionalId = id, TransactionTimeoutMs = timeoutMs, ProducerId = producerId, ProducerEpoch = epoch }, 5);

    [Fact]
    public async Task Idempotent_producers_get_ids_of_the_region()
    {
        using var apis = await ClusterApis.StartAsync();
        var first = await Init(apis, null, 0);
        var second = await Init(apis, null);
        Assert.Equal(((short)0, 2L << 48, (short)0), (first.ErrorCode, first.ProducerId, first.ProducerEpoch));
        Assert.Equal((2L << 48) + 1, second.ProducerId);
    }

    [Theory]
    [InlineData("", 1000, -1, -1, 42)]
    [InlineData(null, 1000, 5, -1, 42)]
    [InlineData(null, 1000, -1, 5, 42)]
    [InlineData("x", 0, -1, -1, 50)]
    [InlineData("x", -1, -1, -1, 50)]
    [InlineData("x", 900_001, -1, -1, 50)]
    [InlineData("x", 900_000, -1, -1, 53)]
    public async Task Other_producers_are_refused_for_good(string? id, int timeoutMs, long producerId, short epoch, short error)
    {
        using var apis = await ClusterApis.StartAsync();
        var answer = await Init(apis, id, timeoutMs, producerId, epoch);
        Assert.Equal((error, -1L, (short)-1), (answer.ErrorCode, answer.ProducerId, answer.ProducerEpoch));
    }

    [Fact]
    public async Task Sasl_on_a_plaintext_listener_is_out_of_place()
    {
        using var apis = await ClusterApis.StartAsync();
        Assert.Equal((short)ErrorCode.IllegalSaslState, (await apis.CallAsync<SaslHandshakeRequest, SaslHandshakeResponse>(new() { Mechanism = "PLAIN" }, 1)).ErrorCode);
        Assert.Equal((short)ErrorCode.IllegalSaslState, (await apis.CallAsync<SaslAuthenticateRequest, SaslAuthenticateResponse>(new(), 2)).ErrorCode);
        Assert.Empty(apis.Log.Lines);
    }

    [Fact]
    public async Task MirrorOpen_refuses_what_is_not_the_mirror_and_older_links()
    {
        using var apis = await ClusterApis.StartAsync();
        await apis.MakeAsync("t");
        var request = new MirrorOpenRequest { Name = "t", TopicId = Guid.NewGuid(), PartitionCount = 1, SourceRegion = "eu", FencingEpoch = 3 };
        Assert.Equal((short)ErrorCode.TopicAlreadyExists, (await apis.CallAsync<MirrorOpenRequest, MirrorOpenResponse>(request, 0)).ErrorCode);

        apis.Metadata.Applied += (_, after, _) => after.Topics.Values.ToList().ForEach(t => apis.Partitions.Put(t, new Broker.Core.Metadata.LogSettings(), 0));
        (request.Name, request.PartitionCount) = ("m", 2);
        var opened = await apis.CallAsync<MirrorOpenRequest, MirrorOpenResponse>(request, 0);
        Assert.Equal(((short)0, null), (opened.ErrorCode, opened.ErrorMessage));
        Assert.Equal([(0, 0L, 0L), (1, 0L, 0L)], opened.Partitions.Select(p => (p.Index, p.LogStartOffset, p.LogEndOffset)));
        Assert.Equal(request.TopicId, apis.Metadata.Image.Find("m")!.Id);

        request.FencingEpoch = 2;
        Assert.Equal((short)ErrorCode.FencedLeaderEpoch, (await apis.CallAsync<MirrorOpenRequest, MirrorOpenResponse>(request, 0)).ErrorCode);
    }
}

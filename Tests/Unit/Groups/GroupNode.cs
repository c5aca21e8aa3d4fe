using System.Buffers;
using System.Net;
using Broker.Core.Metadata;
using Broker.Node;
using Broker.Node.Apis;
using Broker.Node.Listening;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Framing;

namespace Tests.Unit.Groups;

/// <summary>A whole node in a folder of its own, whose APIs are called as its dispatcher calls them. Dispose it once.</summary>
internal sealed class GroupNode : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("group-apis-").FullName;
    private readonly int _offsetsPartitions;
    private BrokerNode _node = null!;

    private GroupNode(int offsetsPartitions) => _offsetsPartitions = offsetsPartitions;

    public ClusterImage Image => _node.Metadata.Image;

    public static async Task<GroupNode> StartAsync(int offsetsPartitions = 3)
    {
        var node = new GroupNode(offsetsPartitions);
        await node.StartNodeAsync();
        return node;
    }

    public async Task RestartAsync()
    {
        await _node.DisposeAsync();
        await StartNodeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    public async Task<Guid> CreateTopic(string name)
    {
        var reply = await ExecuteAsync(new ClusterCommand.CreateTopics([new NewTopic(name, 3, 1, [], [])], false, (ulong)Guid.NewGuid().GetHashCode()));
        return Assert.IsType<ClusterReply.Topics>(reply).Results[0].Id;
    }

    public ValueTask<ClusterReply> ExecuteAsync(ClusterCommand command) => _node.Metadata.ExecuteAsync(command);

    /// <param name="change">What becomes of the request's bytes on the wire.</param>
    public async Task<TResponse> Call<TRequest, TResponse>(
        short version, TRequest request, Func<byte[], byte[]>? change = null, string clientId = "client")
        where TRequest : class, IWireMessage<TRequest>, new()
        where TResponse : class, IWireMessage<TResponse>, new()
    {
        var key = TRequest.Key!.Value;
        using var body = new FrameWriter();
        request.Write(body, version);
        var bytes = ArrayPool<byte>.Shared.Rent(body.TotalBytes);
        (change?.Invoke(body.ToArray()) ?? body.ToArray()).CopyTo(bytes, 0);
        var frame = new ReceivedFrame(bytes, body.TotalBytes);
        var answer = await _node.Apis.Find((short)key)!.HandleAsync(new RequestContext
        {
            Header = new RequestHeader((short)key, version, 7, clientId),
            Frame = frame,
            Body = frame.Bytes,
            Connection = new ConnectionState("127.0.0.1", new Listener("PLAINTEXT", new IPEndPoint(IPAddress.Loopback, 0), "advertised", 4711)),
            Closed = CancellationToken.None,
        });
        using var sent = answer.Frame!;
        return Read<TResponse>(sent.ToArray(), key, version);
    }

    private async Task StartNodeAsync() => _node = await BrokerNode.StartAsync(new BrokerOptions
    {
        DataDirectory = _directory,
        Listeners = [new Listener("PLAINTEXT", new IPEndPoint(IPAddress.Loopback, 0), "127.0.0.1", 0)],
        Flush = FlushMode.Os,
        Properties = new Dictionary<string, string>
        {
            ["group.initial.rebalance.delay.ms"] = "0",
            ["offsets.topic.num.partitions"] = $"{_offsetsPartitions}",
        },
    });

    private static TResponse Read<TResponse>(byte[] frame, ApiKey key, short version)
        where TResponse : class, IWireMessage<TResponse>, new()
    {
        var reader = new WireReader(frame.AsMemory(sizeof(int)));
        Assert.Equal(7, ResponseHeader.ReadCorrelationId(ref reader, key, version));
        var response = new TResponse();
        response.Read(ref reader, version);
        Assert.Equal(0, reader.Remaining);
        return response;
    }
}

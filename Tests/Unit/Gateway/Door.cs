using System.Net;
using Federation.Gateway;
using Kernel.Ids;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Framing;

namespace Tests.Unit.Gateway;

/// <summary>A gateway in front of fake brokers, and clients of it.</summary>
internal sealed class Door : IAsyncDisposable
{
    public const string ClusterId = "virtual-cluster";
    public const int NodeId = 42;
    public static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(i => (byte)(i * 7))];

    private Door(GatewayNode node) => Node = node;

    public GatewayNode Node { get; }

    /// <summary>Starts a gateway and returns when it knows its brokers.</summary>
    public static async Task<Door> OpenAsync(
        FakeBroker broker, string tenant = "demo", ILogger? logger = null, bool waitReady = true, Func<string, bool>? isFederated = null,
        Func<string, RegionId?>? homeOfCopy = null, TimeSpan? upstreamTimeout = null, TimeSpan? maxIdle = null)
    {
        var node = await GatewayNode.StartAsync(new GatewayOptions
        {
            Region = new RegionId("eu"),
            Bind = new IPEndPoint(IPAddress.Loopback, 0),
            Bootstrap = [new DnsEndPoint("127.0.0.1", broker.EndPoint.Port)],
            Tenant = new TenantId(tenant),
            Secret = Secret,
            ClusterId = ClusterId,
            NodeId = NodeId,
            IsFederated = isFederated ?? (_ => false),
            HomeOfCopy = homeOfCopy ?? (_ => null),
            UpstreamTimeout = upstreamTimeout ?? TimeSpan.FromSeconds(5),
            RefreshInterval = TimeSpan.FromMilliseconds(100),
            Drain = TimeSpan.Zero,
            MaxIdle = maxIdle ?? TimeSpan.FromMinutes(10),
            Logger = logger ?? NullLogger.Instance,
        });
        if (waitReady)
        {
            await UntilAsync(() => node.IsReady);
        }

        return new Door(node);
    }

    public Task<FrameClient> ConnectAsync(string clientId = "test") => FrameClient.ConnectAsync("127.0.0.1", Node.EndPoint.Port, clientId);

    /// <summary>Sends a request and gives the answer's body, with the header taken off. Throws <see cref="IOException"/> when the door closes.</summary>
    public static async Task<byte[]> CallAsync(FrameClient client, ApiKey key, short version, IWireMessage request)
    {
        var (frame, correlationId) = Frame(client, key, version, request);
        using var answer = await client.SendAsync(frame, correlationId).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
        return Body(answer, key, version);
    }

    public static async Task<TResponse> CallAsync<TResponse>(FrameClient client, short version, IWireMessage request)
        where TResponse : IWireMessage<TResponse>, new()
    {
        var body = await CallAsync(client, TResponse.Key!.Value, version, request);
        return Read<TResponse>(body, version);
    }

    public static TResponse Read<TResponse>(ReadOnlyMemory<byte> body, short version)
        where TResponse : IWireMessage<TResponse>, new()
    {
        var reader = new WireReader(body);
        var response = new TResponse();
        response.Read(ref reader, version);
        return response;
    }

    public static (FrameWriter Frame, int CorrelationId) Frame(FrameClient client, ApiKey key, short version, IWireMessage request)
    {
        var correlationId = client.NextCorrelationId();
        var writer = new FrameWriter();
        writer.BeginFrame();
        new RequestHeader((short)key, version, correlationId, client.ClientId).Write(writer);
        request.Write(writer, version);
        writer.EndFrame();
        return (writer, correlationId);
    }

    /// <summary>Waits for something that other threads bring about.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        var deadline = DateTime.UtcNow.AddSeconds(60);
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < deadline, "it did not happen within a minute");
            await Task.Delay(5);
        }
    }

    public async ValueTask DisposeAsync() => await Node.DisposeAsync();

    private static byte[] Body(ReceivedFrame answer, ApiKey key, short version)
    {
        var reader = new WireReader(answer.Bytes);
        ResponseHeader.ReadCorrelationId(ref reader, key, version);
        return answer.Bytes[reader.Position..].ToArray();
    }
}

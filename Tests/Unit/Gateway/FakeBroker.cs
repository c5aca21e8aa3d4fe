using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Framing;
using Protocol.Wire.Messages;

namespace Tests.Unit.Gateway;

/// <summary>A broker that answers as a test says. Without a word from the test it answers ApiVersions, and Metadata with its cluster's brokers.</summary>
internal sealed class FakeBroker : IAsyncDisposable
{
    private FrameServer _server;
    private readonly List<FakeBroker> _cluster;

    public FakeBroker(int nodeId = 1, List<FakeBroker>? cluster = null)
    {
        NodeId = nodeId;
        _cluster = cluster ?? [];
        _cluster.Add(this);
        _server = Start(new IPEndPoint(IPAddress.Loopback, 0));
        EndPoint = _server.EndPoint;
    }

    /// <summary>What came, in order.</summary>
    public sealed record Received(ApiKey Key, short Version, string? ClientId, IWireMessage Message, int Connection);

    public int NodeId { get; }

    public IPEndPoint EndPoint { get; }

    public ConcurrentQueue<Received> Requests { get; } = new();

    /// <summary>Answers a request; null: silence. An exception closes the connection.</summary>
    public Func<Received, ValueTask<IWireMessage?>> Answer { get; set; } = _ => throw new InvalidOperationException("the test did not say what to answer");

    /// <summary>Topics of the default Metadata answer.</summary>
    public List<MetadataResponse.MetadataResponseTopic> Topics { get; set; } = [];

    /// <summary>What ApiVersions is answered with; null: everything that the wire protocol knows.</summary>
    public List<ApiVersionsResponse.ApiVersion>? Versions { get; set; }

    private int _connections;

    public int ConnectionCount => _server.ConnectionCount;

    public IEnumerable<Received> RequestsOf(ApiKey key) => Requests.Where(r => r.Key == key);

    /// <summary>Closes the port and all connections, as a process that is killed.</summary>
    public async Task DieAsync() => await _server.StopAsync(TimeSpan.Zero);

    /// <summary>Opens the port again.</summary>
    public void Revive() => _server = Start(EndPoint);

    public MetadataResponse DefaultMetadata() => new()
    {
        Brokers = _cluster.ConvertAll(b => new MetadataResponse.MetadataResponseBroker { NodeId = b.NodeId, Host = "127.0.0.1", Port = b.EndPoint.Port }),
        ClusterId = "real-cluster",
        ControllerId = _cluster[0].NodeId,
        Topics = Topics,
    };

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private FrameServer Start(IPEndPoint bind) => FrameServer.Start(new FrameServerOptions
    {
        Bind = bind,
        Accept = _ => new Handler(this, Interlocked.Increment(ref _connections)),
        Logger = NullLogger.Instance,
    });

    private sealed class Handler(FakeBroker broker, int connection) : IConnectionHandler
    {
        // As in Kafka, the next request of a connection is looked at when the one before has been answered.
        private Task _before = Task.CompletedTask;

        public ValueTask<Answer> HandleAsync(ReceivedFrame frame, CancellationToken closed)
        {
            var answer = AnswerAsync(_before, frame);
            _before = answer.ContinueWith(_ => { }, TaskScheduler.Default);
            return new(answer);
        }

        public void OnClosed()
        {
        }

        private async Task<Answer> AnswerAsync(Task before, ReceivedFrame frame)
        {
            var reader = new WireReader(frame.Bytes.ToArray());
            frame.Dispose();
            var header = RequestHeader.Read(ref reader);
            var key = (ApiKey)header.ApiKey;
            var request = WireTypes.NewRequest(key);
            request.Read(ref reader, header.ApiVersion);
            var received = new Received(key, header.ApiVersion, header.ClientId, request, connection);
            if (key != ApiKey.ApiVersions)
            {
                broker.Requests.Enqueue(received);
            }

            await before;
            var response = await ResponseAsync(received);
            if (response is null)
            {
                return Protocol.Transport.Answer.None;
            }

            var writer = new FrameWriter();
            writer.BeginFrame();
            ResponseHeader.Write(writer, key, header.ApiVersion, header.CorrelationId);
            response.Write(writer, header.ApiVersion);
            writer.EndFrame();
            return new Answer(writer);
        }

        private async ValueTask<IWireMessage?> ResponseAsync(Received received)
        {
            if (received.Key == ApiKey.ApiVersions)
            {
                return new ApiVersionsResponse
                {
                    ApiKeys = broker.Versions ?? [.. MessageCatalog.All.Select(a => new ApiVersionsResponse.ApiVersion { ApiKey = (short)a.Key, MinVersion = a.Versions.Min, MaxVersion = a.Versions.Max })],
                };
            }

            // The gateway's own question, and the clients' where the test does not care.
            if (received.Message is MetadataRequest && received.ClientId is "federation-gateway" or "default-metadata")
            {
                return broker.DefaultMetadata();
            }

            return await broker.Answer(received);
        }
    }
}

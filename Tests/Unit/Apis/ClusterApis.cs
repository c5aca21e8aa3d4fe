using System.Buffers;
using System.Net;
using Broker.Core.Metadata;
using Broker.Node;
using Broker.Node.Apis;
using Broker.Node.Listening;
using Broker.Node.Metadata;
using Broker.Node.Partitions;
using Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Framing;
using Tests.Unit.Metadata;

namespace Tests.Unit.Apis;

/// <summary>The cluster's APIs over a metadata store of their own, called as the transport calls them: by frames.</summary>
internal sealed class ClusterApis : IDisposable
{
    public const int NodeId = 1;
    public const string Cluster = "test-cluster";

    private readonly string _directory;
    private readonly ApiDispatcher _dispatcher;
    private int _correlationId;

    private ClusterApis(MetadataStore metadata, string directory)
    {
        Metadata = metadata;
        _directory = directory;
        var options = new BrokerOptions { DataDirectory = directory, Listeners = [], NodeId = NodeId, Rack = "eu" };
        Partitions = new PartitionTable(new PartitionTableOptions(directory, FlushMode.Batch, Clock.System, NullLogger.Instance));
        ApiTable? table = null;
        table = new ApiTable(
        [
            new ApiVersionsApi(() => table!, metadata, NodeId),
            new MetadataApi(metadata, Partitions, options),
            new DescribeClusterApi(metadata, options),
            new CreateTopicsApi(metadata),
            new DeleteTopicsApi(metadata),
            new CreatePartitionsApi(metadata),
            new DescribeConfigsApi(metadata),
            new AlterConfigsApi(metadata),
            new IncrementalAlterConfigsApi(metadata),
            new ListConfigResourcesApi(metadata),
            new DescribeTopicPartitionsApi(metadata, Partitions, options),
            new InitProducerIdApi(metadata, new ProducerIds(metadata, 2)),
            new SaslHandshakeApi(),
            new SaslAuthenticateApi(),
            new MirrorOpenApi(metadata, Partitions),
        ]);
        Connection = new ConnectionState("127.0.0.1", new Listener("PLAINTEXT", new IPEndPoint(IPAddress.Loopback, 0), "broker.example", 19092));
        _dispatcher = new ApiDispatcher(table, Connection, Metrics, Log);
    }

    public MetadataStore Metadata { get; }

    public PartitionTable Partitions { get; }

    public ConnectionState Connection { get; }

    public NodeMetrics Metrics { get; } = new();

    public CountingLogger Log { get; } = new();

    public static async Task<ClusterApis> StartAsync(params (string Name, string Value)[] properties)
    {
        var directory = Directory.CreateTempSubdirectory("apis-").FullName;
        var store = MetadataStore.Open(Path.Combine(directory, "metadata"), Ledgers.Configs(properties), Clock.System, NullLogger.Instance);
        await store.ExecuteAsync(new ClusterCommand.StartBroker(Cluster));
        return new ClusterApis(store, directory);
    }

    public void Dispose()
    {
        Metadata.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Makes a topic and waits for it.</summary>
    public async Task<TopicImage> MakeAsync(string name, int partitions = 1)
    {
        await Metadata.ExecuteAsync(new ClusterCommand.CreateTopics([Ledgers.Topic(name, partitions)], false, (ulong)++_correlationId));
        return Metadata.Image.Find(name)!;
    }

    /// <summary>Sends a request and reads its answer.</summary>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(TRequest request, short version, short? answerVersion = null)
        where TRequest : IWireMessage<TRequest>, new()
        where TResponse : IWireMessage<TResponse>, new()
    {
        using var writer = new FrameWriter();
        new RequestHeader((short)TRequest.Key!.Value, version, ++_correlationId, "test").Write(writer);
        request.Write(writer, version);
        var bytes = (await SendAsync(writer.ToArray()))!;
        return Read<TResponse>(TRequest.Key!.Value, bytes, answerVersion ?? version);
    }

    /// <summary>Sends a frame without its length. Null: the connection is closed.</summary>
    public async Task<byte[]?> SendAsync(byte[] frame)
    {
        var rented = ArrayPool<byte>.Shared.Rent(frame.Length);
        frame.CopyTo(rented, 0);
        var answer = await _dispatcher.HandleAsync(new ReceivedFrame(rented, frame.Length), CancellationToken.None);
        if (answer.Frame is null)
        {
            Assert.True(answer.CloseAfter);
            return null;
        }

        using var writer = answer.Frame;
        return writer.ToArray()[4..];
    }

    public static TResponse Read<TResponse>(ApiKey key, byte[] bytes, short version)
        where TResponse : IWireMessage<TResponse>, new()
    {
        var reader = new WireReader(bytes);
        ResponseHeader.ReadCorrelationId(ref reader, key, version);
        var response = new TResponse();
        response.Read(ref reader, version);
        Assert.Equal(0, reader.Remaining);
        return response;
    }
}

/// <summary>Counts log lines.</summary>
internal sealed class CountingLogger : ILogger
{
    public List<string> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        => Lines.Add(formatter(state, exception));
}

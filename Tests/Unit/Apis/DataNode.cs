using System.Buffers;
using System.Collections.Immutable;
using System.Net;
using Broker.Core.Metadata;
using Broker.Node;
using Broker.Node.Apis;
using Broker.Node.Fetching;
using Broker.Node.Listening;
using Broker.Node.Partitions;
using Broker.Node.Waiting;
using Hosting;
using Kernel;
using Microsoft.Extensions.Logging.Abstractions;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Framing;
using Protocol.Wire.Messages;
using Protocol.Wire.Records;
using AskedBatch = Protocol.Wire.Messages.ProduceRequest.TopicProduceData.PartitionProduceData;
using AskedPartition = Protocol.Wire.Messages.FetchRequest.FetchTopic.FetchPartition;

namespace Tests.Unit.Apis;

/// <summary>The data APIs over real partitions in a folder of their own, called as the dispatcher calls them.</summary>
internal sealed class DataNode : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("data-apis-").FullName;
    private readonly Dictionary<ApiKey, IApi> _apis;
    private int _correlationId;

    public DataNode(
        FlushMode flush = FlushMode.Os, int maxFetchBytes = Limits.MaxFetchBytes, int maxFetchSessions = Limits.MaxFetchSessions, PartitionTable? partitions = null)
    {
        Partitions = partitions ?? new PartitionTable(new PartitionTableOptions(_directory, flush, Clock.System, NullLogger.Instance));
        Sessions = new FetchSessions(Clock.System, maxFetchSessions);
        IApi[] apis =
        [
            new ProduceApi(Partitions, Wheel), new FetchApi(Partitions, Sessions, Wheel, NodeId, maxFetchBytes), new ListOffsetsApi(Partitions),
            new OffsetForLeaderEpochApi(Partitions), new DeleteRecordsApi(Partitions), new MirrorAppendApi(Partitions),
            new DescribeProducersApi(Partitions),
        ];
        _apis = apis.ToDictionary(api => api.Key);
    }

    public const int NodeId = 3;

    public PartitionTable Partitions { get; }

    public FetchSessions Sessions { get; }

    public TimingWheel Wheel { get; } = new(Clock.System);

    public static ConnectionState Connection { get; } = new("127.0.0.1", new Listener("PLAIN", new IPEndPoint(IPAddress.Loopback, 0), "advertised", 4321));

    /// <summary>A topic without retention: the tests' records have old timestamps.</summary>
    public Topic Topic(string name, int partitions = 1, LogSettings? settings = null, int leaderEpoch = 0, MirrorOrigin? mirror = null) =>
        Partitions.Put(
            new TopicImage(Guid.NewGuid(), name, partitions, ImmutableSortedDictionary<string, string>.Empty, 0, mirror),
            (settings ?? new LogSettings()) with { RetentionAge = null },
            leaderEpoch);

    /// <summary>Starts a request; what must happen in order has happened when it returns.</summary>
    public ValueTask<Answer> Start<TRequest>(TRequest request, short version, CancellationToken closed = default)
        where TRequest : IWireMessage<TRequest>, new()
    {
        var correlationId = Interlocked.Increment(ref _correlationId);
        return _apis[TRequest.Key!.Value].HandleAsync(new RequestContext
        {
            Header = new RequestHeader((short)TRequest.Key!.Value, version, correlationId, "client"),
            Frame = Frame(request, version, out var body),
            Body = body,
            Connection = Connection,
            Closed = closed,
        });
    }

    public async Task<TResponse> AskAsync<TRequest, TResponse>(TRequest request, short? version = null)
        where TRequest : IWireMessage<TRequest>, new()
        where TResponse : IWireMessage<TResponse>, new()
    {
        var asked = version ?? TRequest.Versions.Max;
        return Read<TResponse>(await Start(request, asked), asked);
    }

    public Task<ProduceResponse> AskAsync(ProduceRequest request, short? version = null) => AskAsync<ProduceRequest, ProduceResponse>(request, version);

    public Task<FetchResponse> AskAsync(FetchRequest request, short? version = null) => AskAsync<FetchRequest, FetchResponse>(request, version);

    /// <summary>Produces one batch to one partition with acks=all, and wants no error.</summary>
    public async Task<long> ProduceAsync(Topic topic, int partition, byte[] batch)
    {
        var answer = (await AskAsync(Produce(topic, -1, (partition, batch)))).Responses[0].PartitionResponses[0];
        Assert.Equal(ErrorCode.None, (ErrorCode)answer.ErrorCode);
        return answer.BaseOffset;
    }

    public static ProduceRequest Produce(Topic topic, short acks, params (int Index, byte[]? Records)[] partitions) => new()
    {
        Acks = acks,
        TimeoutMs = 30_000,
        TopicData =
        [
            new()
            {
                Name = topic.Name,
                TopicId = topic.Id,
                PartitionData = [.. partitions.Select(p =>
                    new AskedBatch { Index = p.Index, Records = p.Records is null ? default : new(p.Records) })],
            },
        ],
    };

    public static FetchRequest Fetch(Topic topic, params (int Partition, long Offset)[] partitions) => new()
    {
        MaxWaitMs = 0,
        MinBytes = 1,
        MaxBytes = 10_000_000,
        Topics =
        [
            new()
            {
                Topic = topic.Name,
                TopicId = topic.Id,
                Partitions = [.. partitions.Select(p =>
                    new AskedPartition { Partition = p.Partition, FetchOffset = p.Offset, PartitionMaxBytes = 1_000_000 })],
            },
        ],
    };

    /// <summary>A batch of so many records.</summary>
    public static byte[] Batch(
        int records = 1, int valueBytes = 10, long timestampMs = 1000, CompressionType compression = CompressionType.None, Action<RecordBatchBuilder>? set = null)
    {
        var builder = new RecordBatchBuilder(compression);
        set?.Invoke(builder);
        for (var i = 0; i < records; i++)
        {
            builder.Append(timestampMs + i, "key"u8, new byte[valueBytes]);
        }

        return builder.Build();
    }

    public static TResponse Read<TResponse>(Answer answer, short version)
        where TResponse : IWireMessage<TResponse>, new()
    {
        Assert.NotNull(answer.Frame);
        using var frame = answer.Frame;
        var bytes = frame.ToArray();
        Assert.Equal(bytes.Length - 4, System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes));
        var reader = new WireReader(bytes.AsMemory(4));
        ResponseHeader.ReadCorrelationId(ref reader, TResponse.Key!.Value, version);
        var response = new TResponse();
        response.Read(ref reader, version);
        Assert.Equal(0, reader.Remaining);
        return response;
    }

    public async ValueTask DisposeAsync()
    {
        Wheel.Dispose();
        await Partitions.CloseAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private static ReceivedFrame Frame<TRequest>(TRequest request, short version, out ReadOnlyMemory<byte> body)
        where TRequest : IWireMessage<TRequest>, new()
    {
        using var writer = new FrameWriter();
        request.Write(writer, version);
        var bytes = writer.ToArray();
        var rented = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(rented, 0);
        var frame = new ReceivedFrame(rented, bytes.Length);
        body = frame.Bytes;
        return frame;
    }
}

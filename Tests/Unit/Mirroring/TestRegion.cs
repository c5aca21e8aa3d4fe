using System.Collections.Concurrent;
using System.Net;
using Broker.Node;
using Broker.Node.Listening;
using Federation.Core.Homes;
using Federation.Core.Mirroring;
using Federation.Mirror;
using Kernel.Ids;
using Microsoft.Extensions.Logging.Abstractions;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Messages;
using Protocol.Wire.Records;

namespace Tests.Unit.Mirroring;

/// <summary>The federation's image, as the control host would swap it.</summary>
internal sealed class TestView : IFederationView
{
    public FederationImage Image { get; private set; } = FederationImage.Empty;

    public event Action? Changed;

    public void Swap(Func<FederationImage, FederationImage> change)
    {
        Image = change(Image);
        Changed?.Invoke();
    }
}

/// <summary>A region in this process: a real broker on a folder of its own, a real mirror node, and a client for both.</summary>
internal sealed class TestRegion : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mirror-region-").FullName;
    private readonly ConcurrentDictionary<string, Uri> _links;
    private readonly TestView _view;
    private FrameClient? _client;
    private int _brokerPort;
    private int _linkPort;

    private TestRegion(string name, TestView view, ConcurrentDictionary<string, Uri> links)
    {
        Id = new(name);
        _view = view;
        _links = links;
    }

    public RegionId Id { get; }
    public BrokerNode Broker { get; private set; } = null!;
    public MirrorNode Mirror { get; private set; } = null!;

    public static async Task<TestRegion> StartAsync(string name, TestView view, ConcurrentDictionary<string, Uri> links)
    {
        var region = new TestRegion(name, view, links);
        await region.StartBrokerAsync();
        await region.StartMirrorAsync();
        return region;
    }

    public async Task StartBrokerAsync()
    {
        Broker = await BrokerNode.StartAsync(new BrokerOptions
        {
            DataDirectory = _directory,
            RegionSlot = Id.Name[0],
            Listeners = [new Listener("PLAINTEXT", new IPEndPoint(IPAddress.Loopback, _brokerPort), "127.0.0.1", 0)],
        });
        _brokerPort = Broker.EndPoints[0].Port;
    }

    /// <summary>The stopped broker's data go to, or come from, a folder beside them.</summary>
    public void Copy(bool isBack)
    {
        var (from, to) = isBack ? (_directory + "-before", _directory) : (_directory, _directory + "-before");
        if (isBack)
        {
            Directory.Delete(to, recursive: true);
        }

        foreach (var folder in Directory.GetDirectories(from, "*", SearchOption.AllDirectories).Prepend(from))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        }

        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        }

        if (isBack)
        {
            Directory.Delete(from, recursive: true);
        }
    }

    public async Task StartMirrorAsync()
    {
        Mirror = await MirrorNode.StartAsync(new MirrorOptions
        {
            Region = Id,
            BootstrapHost = "127.0.0.1",
            BootstrapPort = _brokerPort,
            LinkBind = new IPEndPoint(IPAddress.Loopback, _linkPort),
            LinkOf = region => _links.GetValueOrDefault(region.Name),
            View = _view,
            Logger = NullLogger.Instance,

            // A source that is behind its copy is given a test's whole time to get on: machines stall.
            Settings = new MirrorSettings
            {
                MinBackoff = TimeSpan.FromMilliseconds(10), MaxBackoff = TimeSpan.FromMilliseconds(200), AheadPatience = TimeSpan.FromMinutes(1),
            },
        });
        _linkPort = Mirror.LinkEndPoint.Port;
        _links[Id.Name] = new Uri($"http://127.0.0.1:{_linkPort}");
    }

    public async Task<TResponse> AskAsync<TRequest, TResponse>(TRequest request)
        where TRequest : IWireMessage<TRequest>, new()
        where TResponse : IWireMessage<TResponse>, new()
    {
        if (_client is not { IsOpen: true })
        {
            _client = await FrameClient.ConnectAsync("127.0.0.1", _brokerPort, "test");
        }

        // The answer's memory is left to the collector: tests keep slices of it.
        return (await _client.CallAsync<TRequest, TResponse>(request, TRequest.Versions.Max)).Message;
    }

    public async Task CreateTopicAsync(string name, int partitions)
    {
        var answer = await AskAsync<CreateTopicsRequest, CreateTopicsResponse>(new()
        {
            Topics = [new() { Name = name, NumPartitions = partitions, ReplicationFactor = 1, Configs = [new() { Name = "retention.ms", Value = "-1" }] }],
            TimeoutMs = 30_000,
        });
        Assert.Equal((short)ErrorCode.None, answer.Topics[0].ErrorCode);
    }

    public async Task<Guid> TopicIdAsync(string name)
    {
        var answer = await AskAsync<MetadataRequest, MetadataResponse>(new() { Topics = [new() { Name = name }], AllowAutoTopicCreation = false });
        return answer.Topics[0].TopicId;
    }

    public async Task<ProduceResponse.TopicProduceResponse.PartitionProduceResponse> ProduceAsync(Guid topic, int partition, byte[] batch)
    {
        var answer = await AskAsync<ProduceRequest, ProduceResponse>(new()
        {
            Acks = -1,
            TimeoutMs = 30_000,
            TopicData = [new() { TopicId = topic, PartitionData = [new() { Index = partition, Records = new(batch) }] }],
        });
        return answer.Responses[0].PartitionResponses[0];
    }

    /// <summary>All committed bytes of a partition, and where its log starts and ends.</summary>
    public async Task<(long Start, long End, byte[] Bytes)> ReadAllAsync(Guid topic, string name, int partition)
    {
        var start = await OffsetAsync(name, partition, -2);
        var all = new List<byte>();
        for (var offset = start; ; )
        {
            var answer = await AskAsync<FetchRequest, FetchResponse>(new()
            {
                MaxWaitMs = 0,
                MaxBytes = int.MaxValue,
                Topics = [new() { TopicId = topic, Partitions = [new() { Partition = partition, FetchOffset = offset, PartitionMaxBytes = int.MaxValue }] }],
            });
            var found = answer.Responses[0].Partitions[0];
            if (found.ErrorCode == (short)ErrorCode.OffsetOutOfRange)
            {
                // The log start moved between two requests.
                all.Clear();
                offset = start = await OffsetAsync(name, partition, -2);
                continue;
            }

            Assert.Equal((short)ErrorCode.None, found.ErrorCode);
            var range = BatchRange.Read(found.Records.Memory.Span);
            if (range.WholeBytes == 0)
            {
                return (start, offset, [.. all]);
            }

            all.AddRange(found.Records.Memory.Span[..range.WholeBytes]);
            offset = range.NextOffset;
        }
    }

    public async Task<long> OffsetAsync(string name, int partition, long timestamp)
    {
        var answer = await AskAsync<ListOffsetsRequest, ListOffsetsResponse>(new()
        {
            ReplicaId = -1, Topics = [new() { Name = name, Partitions = [new() { PartitionIndex = partition, Timestamp = timestamp }] }],
        });
        return answer.Topics[0].Partitions[0].Offset;
    }

    public static byte[] Batch(int records, int valueBytes, int seed)
    {
        var builder = new RecordBatchBuilder();
        var value = new byte[valueBytes];
        new Random(seed).NextBytes(value);
        for (var i = 0; i < records; i++)
        {
            builder.Append(1_700_000_000_000 + seed, new NullableBytes(null), new NullableBytes(value));
        }

        return builder.Build();
    }

    /// <summary>The mirror's status once it is what is waited for: the mirrors' own steps are, not time.</summary>
    public async Task<IReadOnlyList<PartitionMirrorStatus>> StatusAsync(Func<IReadOnlyList<PartitionMirrorStatus>, bool> isReached, CancellationToken limit)
    {
        while (true)
        {
            var status = Mirror.Status();
            if (isReached(status))
            {
                return status;
            }

            Assert.False(limit.IsCancellationRequested, $"not reached:\n{string.Join("\n", status)}");
            await Task.Delay(5, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Mirror.StopAsync();
        if (_client is not null)
        {
            await _client.DisposeAsync();
        }

        await Broker.StopAsync();
        Directory.Delete(_directory, recursive: true);
    }
}

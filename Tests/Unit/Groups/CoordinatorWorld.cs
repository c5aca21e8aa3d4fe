using System.Buffers;
using System.Collections.Immutable;
using System.Net;
using Broker.Core.Configs;
using Broker.Core.Groups;
using Broker.Core.Metadata;
using Broker.Node.Apis;
using Broker.Node.Groups;
using Broker.Node.Listening;
using Broker.Node.Metadata;
using Broker.Node.Waiting;
using Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Framing;
using Tests.Unit.HttpDoor;
using Tests.Unit.Partitions;

namespace Tests.Unit.Groups;

/// <summary>
/// A coordinator over partitions whose disk tests can have refuse or wait, and whose timers run when a test moves the time. All partitions share the disk.
/// Dispose it once.
/// </summary>
internal sealed class CoordinatorWorld : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("coordinator-").FullName;
    private readonly PartitionWorld _world = new(settings: new LogSettings { IsDeleted = false });
    private readonly FakeTimeProvider _time = new();
    private readonly TimingWheel _wheel;
    private readonly Dictionary<ApiKey, IApi> _apis;

    private CoordinatorWorld(int partitions)
    {
        var clock = new Clock(_time);
        _wheel = new TimingWheel(clock);
        var topic = new TopicImage(Guid.NewGuid(), TopicNames.ConsumerOffsets, partitions, ImmutableSortedDictionary<string, string>.Empty);
        _world.Table.Put(topic, _world.Settings, leaderEpoch: 0);
        Metadata = MetadataStore.Open(_directory, StaticBrokerConfigs.Default, Clock.System, NullLogger.Instance);
        Groups = new GroupCoordinator(_world.Table, Metadata, _wheel, clock, new GroupSettings(), NullLogger.Instance);
        _apis = GroupApis.Create(Groups, 1).ToDictionary(api => api.Key);
    }

    public MetadataStore Metadata { get; }

    public GroupCoordinator Groups { get; }

    public Storage.FaultyStorage Disk => _world.Disk;

    /// <summary>A world with some topics whose groups are loaded, and with position 5 of each topic's partition 0.</summary>
    public static async Task<CoordinatorWorld> StartAsync(int partitions = 1, params string[] topics)
    {
        var world = new CoordinatorWorld(partitions);
        foreach (var name in topics)
        {
            await world.Metadata.ExecuteAsync(new ClusterCommand.CreateTopics([new NewTopic(name, 1, 1, [], [])], ValidateOnly: false, (ulong)name[0]));
        }

        world.Groups.Start();
        foreach (var name in topics)
        {
            await DoorWorld.UntilAsync(async () => await world.CommitAsync(5, name) == ErrorCode.None, "the groups were not loaded");
        }

        return world;
    }

    public void Advance(TimeSpan time) => _time.Advance(time);

    public async Task<ErrorCode> CommitAsync(long offset, string topic = "t", string group = "g")
    {
        var number = Groups.NextRequest();
        var position = new OffsetToCommit(topic, Metadata.Image.Find(topic)!.Id, 0, offset, -1, "");
        var reply = await Groups.SubmitAsync(group, new GroupInput.CommitOffsets(number, group, "", null, -1, -1, [position]), number);
        return reply is GroupReply.Offsets offsets ? offsets.Partitions[0] : reply.Error;
    }

    public async Task<long?> PositionAsync(string topic = "t", string group = "g")
    {
        var number = Groups.NextRequest();
        var reply = await Groups.SubmitAsync(group, new GroupInput.FetchOffsets(number, group, [new OffsetKey(topic, 0)]), number);
        return (reply as GroupReply.Fetched)?.Found[0].Value?.Offset;
    }

    /// <summary>Asks an API; its work has begun when the call returns.</summary>
    public async Task<TResponse> CallAsync<TRequest, TResponse>(short version, TRequest request)
        where TRequest : class, IWireMessage<TRequest>, new()
        where TResponse : class, IWireMessage<TResponse>, new()
    {
        var key = TRequest.Key!.Value;
        using var body = new FrameWriter();
        request.Write(body, version);
        var rented = ArrayPool<byte>.Shared.Rent(body.TotalBytes);
        body.ToArray().CopyTo(rented, 0);
        var frame = new ReceivedFrame(rented, body.TotalBytes);
        using var sent = (await _apis[key].HandleAsync(new RequestContext
        {
            Header = new RequestHeader((short)key, version, 7, "client"),
            Frame = frame,
            Body = frame.Bytes,
            Connection = new ConnectionState("127.0.0.1", new Listener("PLAINTEXT", new IPEndPoint(IPAddress.Loopback, 0), "advertised", 4711)),
            Closed = CancellationToken.None,
        })).Frame!;
        var reader = new WireReader(sent.ToArray().AsMemory(sizeof(int)));
        ResponseHeader.ReadCorrelationId(ref reader, key, version);
        var response = new TResponse();
        response.Read(ref reader, version);
        return response;
    }

    public async ValueTask DisposeAsync()
    {
        Groups.Dispose();
        _wheel.Dispose();
        Metadata.Dispose();
        await _world.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}

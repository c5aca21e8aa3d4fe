using System.Collections.Immutable;
using Broker.Core.Configs;
using Broker.Core.Groups;
using Broker.Core.Metadata;
using Broker.Node.Groups;
using Broker.Node.Metadata;
using Broker.Node.Waiting;
using Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Protocol.Wire;
using Tests.Unit.HttpDoor;
using Tests.Unit.Partitions;

namespace Tests.Unit.Groups;

/// <summary>Groups over a partition whose disk refuses for a while: they come back as the partition does, without a restart.</summary>
public sealed class GroupReplacementTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("group-replacement-").FullName;
    private readonly PartitionWorld _world = new(settings: new LogSettings { IsDeleted = false });
    private readonly TimingWheel _wheel = new(Clock.System);
    private MetadataStore _metadata = null!;
    private GroupCoordinator _groups = null!;

    public async ValueTask InitializeAsync()
    {
        _world.Table.Put(
            new TopicImage(Guid.NewGuid(), TopicNames.ConsumerOffsets, 1, ImmutableSortedDictionary<string, string>.Empty), _world.Settings, leaderEpoch: 0);
        _metadata = MetadataStore.Open(_directory, StaticBrokerConfigs.Default, Clock.System, NullLogger.Instance);
        await _metadata.ExecuteAsync(new ClusterCommand.CreateTopics([new NewTopic("t", 1, 1, [], [])], ValidateOnly: false, 1));
        _groups = new GroupCoordinator(_world.Table, _metadata, _wheel, Clock.System, new GroupSettings(), NullLogger.Instance);
        _groups.Start();
    }

    public async ValueTask DisposeAsync()
    {
        _groups.Dispose();
        _wheel.Dispose();
        _metadata.Dispose();
        await _world.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task After_a_full_disk_groups_are_served_again_with_what_was_committed()
    {
        await DoorWorld.UntilAsync(async () => await CommitAsync(5) == ErrorCode.None, "the groups were not loaded");
        _world.Disk.OnWrite = (_, length) => length / 2;
        Assert.NotEqual(ErrorCode.None, await CommitAsync(6));
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, await CommitAsync(6));
        _world.Disk.OnWrite = null;
        await DoorWorld.UntilAsync(async () => await PositionAsync() is not null, "the groups were not loaded again");
        Assert.Equal(5, await PositionAsync());
        Assert.Equal(ErrorCode.None, await CommitAsync(7));
        Assert.Equal(7, await PositionAsync());
    }

    [Fact]
    public async Task After_a_failed_sync_they_stay_out_as_the_partition_does()
    {
        await DoorWorld.UntilAsync(async () => await CommitAsync(5) == ErrorCode.None, "the groups were not loaded");
        _world.Disk.OnSync = _ => throw new IOException("EIO");
        Assert.Equal(ErrorCode.NotCoordinator, await CommitAsync(6));
        _world.Disk.OnSync = null;
        Assert.Equal(ErrorCode.NotCoordinator, await CommitAsync(6));
    }

    private async Task<ErrorCode> CommitAsync(long offset)
    {
        var number = _groups.NextRequest();
        var position = new OffsetToCommit("t", _metadata.Image.Find("t")!.Id, 0, offset, -1, "");
        var reply = await _groups.SubmitAsync("g", new GroupInput.CommitOffsets(number, "g", "", null, -1, -1, [position]), number);
        return reply is GroupReply.Offsets offsets ? offsets.Partitions[0] : reply.Error;
    }

    private async Task<long?> PositionAsync()
    {
        var number = _groups.NextRequest();
        var reply = await _groups.SubmitAsync("g", new GroupInput.FetchOffsets(number, "g", [new OffsetKey("t", 0)]), number);
        return (reply as GroupReply.Fetched)?.Found[0].Value?.Offset;
    }
}

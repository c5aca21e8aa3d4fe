using Broker.Core.Groups;
using Protocol.Wire;
using Tests.Unit.HttpDoor;

namespace Tests.Unit.Groups;

/// <summary>Groups over a partition whose disk refuses for a while: they come back as the partition does, without a restart.</summary>
public sealed class GroupReplacementTests : IAsyncLifetime
{
    private CoordinatorWorld _world = null!;

    public async ValueTask InitializeAsync() => _world = await CoordinatorWorld.StartAsync(partitions: 1, "t");

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task After_a_full_disk_groups_are_served_again_with_what_was_committed()
    {
        _world.Disk.OnWrite = (_, length) => length / 2;
        Assert.NotEqual(ErrorCode.None, await _world.CommitAsync(6));
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, await _world.CommitAsync(6));
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, (await _world.Groups.ListAsync()).Error);
        _world.Disk.OnWrite = null;
        await DoorWorld.UntilAsync(
            async () =>
            {
                _world.Advance(TimeSpan.FromSeconds(1));
                return await _world.PositionAsync() is not null;
            },
            "the groups were not loaded again");
        Assert.Equal(5, await _world.PositionAsync());
        Assert.Equal(ErrorCode.None, await _world.CommitAsync(7));
        Assert.Equal(7, await _world.PositionAsync());
    }

    [Fact]
    public async Task After_a_failed_sync_they_stay_out_as_the_partition_does()
    {
        _world.Disk.OnSync = _ => throw new IOException("EIO");
        Assert.Equal(ErrorCode.NotCoordinator, await _world.CommitAsync(6));
        _world.Disk.OnSync = null;
        Assert.Equal(ErrorCode.NotCoordinator, await _world.CommitAsync(6));
    }

    [Fact]
    public async Task The_groups_of_other_partitions_are_listed_without_those_of_a_failed_one()
    {
        await using var world = await CoordinatorWorld.StartAsync(partitions: 2, "t");
        var other = Enumerable.Range(0, 100).Select(i => $"other{i}").First(name => GroupPartition.Of(name, 2) != GroupPartition.Of("g", 2));
        Assert.Equal(ErrorCode.None, await world.CommitAsync(1, group: other));
        Assert.Equal(2, (await world.Groups.ListAsync()).Groups.Count);
        world.Disk.OnSync = _ => throw new IOException("EIO");
        Assert.Equal(ErrorCode.NotCoordinator, await world.CommitAsync(6));

        var listed = await world.Groups.ListAsync();
        Assert.Equal((ErrorCode.None, other), (listed.Error, Assert.Single(listed.Groups).GroupId));
    }
}

using System.Text;
using Broker.Node;

namespace Tests.Unit.Partitions;

/// <summary>When logs that took a few bytes are checkpointed.</summary>
public class CheckpointPaceTests
{
    private const int Partitions = 400;

    [Fact]
    public async Task Logs_that_were_written_at_once_are_checkpointed_one_after_the_other()
    {
        await using var world = new PartitionWorld(flush: FlushMode.Os, partitions: Partitions);
        for (var i = 0; i < Partitions; i++)
        {
            await PartitionWorld.AppendAsync(world.Topic.Find(i)!, PartitionWorld.Batch());
        }

        var before = 0;
        for (var seconds = 5; seconds <= 95; seconds += 5)
        {
            world.Time.Now += TimeSpan.FromSeconds(5);
            world.Table.RunUpkeep();
            var count = Checkpointed(world);
            Assert.InRange(count - before, 0, Partitions / 10);
            Assert.True(seconds >= 30 || count == 0);
            before = count;
        }

        Assert.Equal(Partitions, before);
    }

    /// <summary>What was found at the start of a process, and is not known to be on disk, does not wait.</summary>
    [Fact]
    public async Task A_log_that_came_up_without_its_checkpoint_gets_one_at_once()
    {
        await using var killed = new PartitionWorld(flush: FlushMode.Os);
        await killed.AppendAsync(PartitionWorld.Batch());
        await using var world = new PartitionWorld(killed.Disk.Kill(), FlushMode.Os);
        Assert.Equal(1, world.Partition.LogEndOffset);
        world.Table.RunUpkeep();
        Assert.Equal(1, Checkpointed(world));
    }

    private static int Checkpointed(PartitionWorld world) =>
        world.Disk.TryReadAll("/logs/recovery-point-offset-checkpoint") is { } file ? int.Parse(Encoding.UTF8.GetString(file).Split('\n')[1]) : 0;
}

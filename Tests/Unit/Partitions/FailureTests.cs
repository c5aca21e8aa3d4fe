using Broker.Node;
using Protocol.Wire;
using Tests.Unit.Transport;

namespace Tests.Unit.Partitions;

public class FailureTests
{
    [Fact]
    public async Task After_a_failed_sync_nothing_is_acknowledged_until_the_log_is_opened_again()
    {
        await using var world = new PartitionWorld();
        Assert.Equal(ErrorCode.None, (await world.AppendAsync(PartitionWorld.Batch())).Error);
        world.Disk.OnSync = _ => throw new IOException("EIO");
        Assert.Equal(ErrorCode.KafkaStorageError, (await world.AppendAsync(PartitionWorld.Batch())).Error);
        world.Disk.OnSync = null;
        Assert.Equal(ErrorCode.KafkaStorageError, (await world.AppendAsync(PartitionWorld.Batch())).Error);
        Assert.Equal("t-0", Assert.Single(world.Failures).Name);
        Assert.True(world.Partition.HasFailed);
        Assert.Equal(1, world.Partition.HighWatermark);
        Assert.Equal([0], PartitionWorld.BaseOffsets(world.ReadAll()));
        await world.DisposeAsync();
        Assert.DoesNotContain("/logs/.kafka_cleanshutdown", world.Disk.Files);

        await using var again = new PartitionWorld(world.Disk.Kill());
        Assert.Equal(ErrorCode.None, (await again.AppendAsync(PartitionWorld.Batch())).Error);
    }

    /// <summary>The kernel tells a failed write once: a second sync would succeed, and whoever waits to make one must not take it for the first.</summary>
    [Fact]
    public async Task Who_waited_for_a_sync_that_failed_does_not_sync_again()
    {
        for (var round = 0; round < 200; round++)
        {
            await using var world = new PartitionWorld();
            await world.AppendAsync(PartitionWorld.Batch());
            using var checkpointWaits = new ManualResetEventSlim();
            var syncing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var syncs = 0;
            world.Disk.OnSync = path =>
            {
                if (path.EndsWith(".log", StringComparison.Ordinal) && Interlocked.Increment(ref syncs) == 1)
                {
                    syncing.SetResult();
                    checkpointWaits.Wait();
                    throw new IOException("EIO");
                }
            };
            var committed = new PartitionWorld.Committed();
            world.Partition.Append(PartitionWorld.Batch(), 13, committed);
            await syncing.Task;
            var checkpoint = new Thread(() => world.Partition.Checkpoint(isDurable: true, isClosing: false));
            checkpoint.Start();
            SpinWait.SpinUntil(() => checkpoint.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
            checkpointWaits.Set();

            Assert.Equal(ErrorCode.KafkaStorageError, await committed.Task);
            checkpoint.Join();
            Assert.Equal((1, 1), (syncs, (int)world.Partition.HighWatermark));
        }
    }

    /// <summary>The folder of a log that could not be opened goes with its topic: another topic of the name would begin in its files.</summary>
    [Fact]
    public async Task A_topic_whose_log_could_not_be_opened_leaves_nothing_to_the_next_of_its_name()
    {
        var world = new PartitionWorld();
        for (var i = 0; i < 10; i++)
        {
            await world.AppendAsync(PartitionWorld.Batch(seed: 1));
        }

        var disk = world.Disk.Kill();
        var again = new PartitionWorld(disk);
        disk.OnOpen = path => throw new IOException($"{path}: EIO");
        Assert.Equal(ErrorCode.KafkaStorageError, (await again.AppendAsync(PartitionWorld.Batch())).Error);
        disk.OnOpen = null;
        again.Table.Remove(PartitionWorld.TopicId);
        var next = again.Table.Put(again.Image with { Id = Guid.NewGuid() }, again.Settings, leaderEpoch: 0);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(i, (await PartitionWorld.AppendAsync(next.Find(0)!, PartitionWorld.Batch(seed: 2))).BaseOffset);
        }

        await again.DisposeAsync();
        await using var last = new PartitionWorld(disk, topicId: next.Id);
        Assert.Equal(3, last.Partition.LogEndOffset);
    }

    [Fact]
    public async Task A_full_disk_refuses_and_recovers()
    {
        var log = new LogLines();
        await using var world = new PartitionWorld(logger: log);
        await world.AppendAsync(PartitionWorld.Batch());
        world.Disk.OnWrite = (path, length) => path.EndsWith(".log", StringComparison.Ordinal) ? length / 2 : null;
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(ErrorCode.KafkaStorageError, (await world.AppendAsync(PartitionWorld.Batch())).Error);
        }

        world.Table.RunUpkeep();
        Assert.Equal(("No space left on device", 3), (world.Table.RefusalReason, world.Table.RefusedAppends));
        world.Disk.OnWrite = null;
        Assert.Equal(1, (await world.AppendAsync(PartitionWorld.Batch())).BaseOffset);
        Assert.Equal([0, 1], PartitionWorld.BaseOffsets(world.ReadAll()));
        Assert.Empty(world.Failures);

        // What begins and ends with one batch of many is one trouble: it ends when none was refused for a round.
        world.Table.RunUpkeep();
        Assert.Null(world.Table.RefusalReason);
        Assert.Equal(["refuses appends", "takes appends again; 3 were refused"], log.Lines.Select(AboutAppends));
    }

    [Fact]
    public async Task A_disk_that_takes_one_batch_and_refuses_the_next_has_not_recovered()
    {
        var log = new LogLines();
        await using var world = new PartitionWorld(logger: log);
        for (var i = 0; i < 10; i++)
        {
            world.Disk.OnWrite = null;
            await world.AppendAsync(PartitionWorld.Batch());
            world.Disk.OnWrite = (path, length) => path.EndsWith(".log", StringComparison.Ordinal) ? 0 : null;
            await world.AppendAsync(PartitionWorld.Batch());
            world.Table.RunUpkeep();
        }

        Assert.Equal(["refuses appends"], log.Lines.Select(AboutAppends));
        Assert.NotNull(world.Table.RefusalReason);
    }

    [Fact]
    public async Task A_disk_that_recovers_right_after_a_refusal_needs_no_further_append_to_be_well()
    {
        await using var world = new PartitionWorld();
        world.Disk.OnWrite = (path, length) => path.EndsWith(".log", StringComparison.Ordinal) ? 0 : null;
        await world.AppendAsync(PartitionWorld.Batch());
        world.Disk.OnWrite = null;
        await world.AppendAsync(PartitionWorld.Batch());
        world.Table.RunUpkeep();
        Assert.NotNull(world.Table.RefusalReason);
        world.Table.RunUpkeep();
        Assert.Null(world.Table.RefusalReason);
    }

    private static string AboutAppends(string line)
    {
        var from = Math.Max(line.IndexOf("refuses appends", StringComparison.Ordinal), line.IndexOf("takes appends", StringComparison.Ordinal));
        return line[from..line.IndexOfAny([',', '.'], from)];
    }

    [Fact]
    public async Task Who_waits_for_a_deleted_topic_is_told_once()
    {
        await using var world = new PartitionWorld();
        await world.AppendAsync(PartitionWorld.Batch());
        var mayEnd = new ManualResetEventSlim();
        var syncing = new ManualResetEventSlim();
        world.Disk.OnSync = _ =>
        {
            syncing.Set();
            mayEnd.Wait();
        };
        var waiting = world.AppendAsync(PartitionWorld.Batch());
        syncing.Wait();
        var readable = new PartitionWorld.Readable();
        world.Partition.AddReadWaiter(readable, 1);
        var removal = Task.Run(() => world.Table.Remove(PartitionWorld.TopicId));
        mayEnd.Set();
        await removal;
        Assert.Contains((await waiting).Error, new[] { ErrorCode.None, ErrorCode.UnknownTopicOrPartition });
        await readable.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await world.AppendAsync(PartitionWorld.Batch())).Error);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, world.Partition.Read(0, 1, true).Error);
        Assert.DoesNotContain(world.Disk.Files, file => file.StartsWith("/logs/t-0/", StringComparison.Ordinal));
        world.Time.Now += TimeSpan.FromMinutes(2);
        world.Table.RunUpkeep();
        Assert.DoesNotContain(world.Disk.Files, file => file.Contains(".log", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_topic_made_again_sees_nothing_of_the_old_one(bool wasRemoved)
    {
        await using var world = new PartitionWorld(flush: FlushMode.Os);
        for (var i = 0; i < 5; i++)
        {
            await world.AppendAsync(PartitionWorld.Batch(producerId: 1, sequence: i));
        }

        world.Table.RunUpkeep();
        if (wasRemoved)
        {
            world.Table.Remove(PartitionWorld.TopicId);
        }

        await using var again = new PartitionWorld(world.Disk.Kill(), topicId: Guid.NewGuid());
        again.Table.CompleteOpening();
        Assert.Equal(0, again.Partition.LogEndOffset);
        Assert.Equal(0, (await again.AppendAsync(PartitionWorld.Batch(producerId: 1, sequence: 3))).BaseOffset);
        Assert.Equal(!wasRemoved, again.Disk.Files.Any(file => file.Contains("-stray", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_folder_of_no_topic_is_set_aside()
    {
        var world = new PartitionWorld();
        await world.AppendAsync(PartitionWorld.Batch());
        await world.DisposeAsync();
        await using var other = new PartitionWorld(world.Disk.Kill(), partitions: 1, topicId: PartitionWorld.TopicId);
        other.Table.Remove(PartitionWorld.TopicId);
        await using var third = new PartitionWorld(world.Disk.Kill(), topicId: Guid.NewGuid());
        third.Table.Remove(third.Topic.Id);
        third.Table.CompleteOpening();
        Assert.DoesNotContain(third.Disk.Files, file => file.StartsWith("/logs/t-0/", StringComparison.Ordinal));
    }
}

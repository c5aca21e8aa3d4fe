using Broker.Core.Metadata;
using Broker.Node;
using Broker.Node.Partitions;
using Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Protocol.Wire;
using Protocol.Wire.Records;

namespace Tests.Unit.Partitions;

/// <summary>Appends, reads, retention and checkpoints at once, on a real disk.</summary>
public sealed class ConcurrencyTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("partitions-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(FlushMode.Batch)]
    [InlineData(FlushMode.Os)]
    public async Task Readers_see_whole_batches_in_order_whatever_else_goes_on(FlushMode flush)
    {
        var table = new PartitionTable(new PartitionTableOptions(_directory, flush, Clock.System, NullLogger.Instance));
        var settings = new LogSettings { SegmentBytes = 20_000, IndexIntervalBytes = 500, FileDeleteDelay = TimeSpan.Zero };
        var image = new TopicImage(Guid.NewGuid(), "t", 2, System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty);
        table.Put(image, settings, 0);
        table.CompleteOpening();
        var partitions = table.FindTopic("t")!.Partitions;
        using var stop = new CancellationTokenSource();
        var writers = partitions.SelectMany(partition => Enumerable.Range(0, 2).Select(_ => Task.Run(() => WriteAsync(partition, 200)))).ToArray();
        var readers = partitions.SelectMany(partition => new[]
        {
            Task.Run(() => Follow(partition, stop.Token)),
            Task.Run(() => ReadAtRandom(partition, stop.Token)),
        }).ToArray();
        var upkeep = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                table.RunUpkeep();
                foreach (var partition in partitions)
                {
                    partition.UnloadIdle();
                    partition.DeleteRecordsBefore(Math.Max(0, partition.HighWatermark - 300));
                }
            }
        });
        await Task.WhenAll(writers);
        Assert.All(partitions, partition => Assert.Equal(400, partition.HighWatermark));
        await stop.CancelAsync();
        await upkeep;
        await Task.WhenAll(readers);
        await table.CloseAsync();

        var again = new PartitionTable(new PartitionTableOptions(_directory, flush, Clock.System, NullLogger.Instance));
        again.Put(image, settings, 1);
        Assert.All(again.FindTopic("t")!.Partitions, partition => Assert.Equal(400, partition.LogEndOffset));
        await again.CloseAsync();
    }

    private static async Task WriteAsync(Partition partition, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var outcome = await PartitionWorld.AppendAsync(partition, PartitionWorld.Batch(valueBytes: 100));
            Assert.Equal(ErrorCode.None, outcome.Error);
        }
    }

    /// <summary>A consumer at the end, which waits as a long poll does.</summary>
    private static async Task Follow(Partition partition, CancellationToken stop)
    {
        var next = 0L;
        while (!stop.IsCancellationRequested)
        {
            var slice = partition.Read(next, 1000, minOneBatch: true);
            if (slice.Error == ErrorCode.OffsetOutOfRange)
            {
                Assert.InRange(next, 0, partition.LogStartOffset);
                next = partition.LogStartOffset;
                continue;
            }

            if (slice.Records.LengthBytes == 0)
            {
                Assert.Equal(ErrorCode.None, slice.Error);
                var readable = new PartitionWorld.Readable();
                partition.AddReadWaiter(readable, slice.HighWatermark);
                await Task.WhenAny(readable.Task, Task.Delay(Timeout.Infinite, stop));
                partition.RemoveReadWaiter(readable);
                continue;
            }

            var offsets = PartitionWorld.BaseOffsets(PartitionWorld.Bytes(slice));
            Assert.Equal(next, offsets[0]);
            Assert.Equal(offsets.Count, offsets[^1] - next + 1);
            next = offsets[^1] + 1;
            Assert.InRange(next, 0, partition.HighWatermark);
        }
    }

    private static void ReadAtRandom(Partition partition, CancellationToken stop)
    {
        var random = new Random(1);
        while (!stop.IsCancellationRequested)
        {
            var offset = random.NextInt64(partition.LogStartOffset, partition.HighWatermark + 1);
            var slice = partition.Read(offset, random.Next(3000), minOneBatch: true);
            if (slice.Error == ErrorCode.OffsetOutOfRange)
            {
                Assert.InRange(offset, 0, partition.LogStartOffset);
                continue;
            }

            var offsets = PartitionWorld.BaseOffsets(PartitionWorld.Bytes(slice));
            Assert.True(offsets.Count == 0 ? offset == slice.HighWatermark || offset < partition.HighWatermark : offsets[0] == offset);
        }
    }
}

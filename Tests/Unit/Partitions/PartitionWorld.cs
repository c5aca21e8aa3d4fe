using System.Collections.Immutable;
using Broker.Core.Metadata;
using Broker.Node;
using Broker.Node.Partitions;
using Broker.Node.Storage;
using Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Protocol.Wire;
using Protocol.Wire.Records;
using Tests.Unit.Storage;

namespace Tests.Unit.Partitions;

/// <summary>
/// A partition table over a disk in memory, with a clock that stands still, and one topic. Unless told otherwise, retention is checked in each round.
/// </summary>
internal sealed class PartitionWorld : IAsyncDisposable
{
    public const string LogDirectory = "/logs";

    public PartitionWorld(
        FaultyStorage? disk = null, FlushMode flush = FlushMode.Batch, LogSettings? settings = null, int leaderEpoch = 0, MirrorOrigin? mirror = null,
        ManualTime? time = null, int partitions = 1, Guid? topicId = null, TimeSpan retentionCheckInterval = default, ILogger? logger = null)
    {
        Disk = disk ?? new FaultyStorage();
        Time = time ?? new ManualTime();
        Settings = settings ?? new LogSettings();
        Table = new PartitionTable(new PartitionTableOptions(
            LogDirectory, flush, new Clock(Time), logger ?? NullLogger.Instance, (name, failure) => Failures.Add((name, failure)), Disk)
        {
            RetentionCheckInterval = retentionCheckInterval,
        });
        Image = new TopicImage(topicId ?? TopicId, "t", partitions, ImmutableSortedDictionary<string, string>.Empty, Mirror: mirror);
        Topic = Table.Put(Image, Settings, leaderEpoch);
    }

    public static Guid TopicId { get; } = new("0d5a4f4c-52ad-4a4e-9d3c-111111111111");

    public FaultyStorage Disk { get; }

    public ManualTime Time { get; }

    public LogSettings Settings { get; }

    public PartitionTable Table { get; }

    public TopicImage Image { get; }

    public Topic Topic { get; }

    public Partition Partition => Topic.Find(0)!;

    public List<(string Name, Exception Failure)> Failures { get; } = [];

    public static string Folder => Path.Combine(LogDirectory, "t-0");

    /// <summary>A batch of records, as a producer sends it.</summary>
    public static byte[] Batch(
        int records = 1, long timestampMs = 1000, int valueBytes = 10, long producerId = -1, short epoch = 0, int sequence = 0,
        CompressionType compression = CompressionType.None, long baseOffset = 0, int leaderEpoch = -1, int seed = 0)
    {
        var builder = new RecordBatchBuilder(compression) { BaseOffset = baseOffset, PartitionLeaderEpoch = leaderEpoch };
        if (producerId >= 0)
        {
            (builder.ProducerId, builder.ProducerEpoch, builder.BaseSequence) = (producerId, epoch, sequence);
        }

        for (var i = 0; i < records; i++)
        {
            var value = new byte[valueBytes];
            new Random(seed + i).NextBytes(value);
            builder.Append(timestampMs + i, NullableBytes.Null, value);
        }

        return builder.Build();
    }

    /// <summary>Appends and waits for the commit.</summary>
    public Task<AppendOutcome> AppendAsync(byte[] batch) => AppendAsync(Partition, batch);

    public static async Task<AppendOutcome> AppendAsync(Partition partition, byte[] batch)
    {
        var waiter = new Committed();
        var outcome = partition.Append(batch, 13, waiter);
        return outcome.Error == ErrorCode.None ? outcome with { Error = await waiter.Task } : outcome;
    }

    public async Task<AppendOutcome> MirrorAsync(byte[] batches, long fencingEpoch = 1, long sourceStart = 0)
    {
        var waiter = new Committed();
        var outcome = Partition.AppendMirrored(batches, fencingEpoch, sourceStart, waiter);
        return outcome.Error == ErrorCode.None ? outcome with { Error = await waiter.Task } : outcome;
    }

    /// <summary>All committed bytes from an offset on.</summary>
    public byte[] ReadAll(long offset = -1)
    {
        var all = new List<byte>();
        Partition.ReadCommitted(offset < 0 ? Partition.LogStartOffset : offset, batches => all.AddRange(batches));
        return [.. all];
    }

    /// <summary>The bytes of one fetch.</summary>
    public static byte[] Bytes(FetchSlice slice)
    {
        Assert.Equal(ErrorCode.None, slice.Error);
        if (slice.Records.External is not { } external)
        {
            return slice.Records.Memory.ToArray();
        }

        using (external)
        {
            var bytes = new byte[external.LengthBytes];
            for (var read = 0; read < bytes.Length;)
            {
                read += external.CopyTo(read, bytes.AsSpan(read));
            }

            return bytes;
        }
    }

    /// <summary>Base offsets of the batches in some bytes, all of them whole and with good checksums.</summary>
    public static List<long> BaseOffsets(byte[] bytes)
    {
        var offsets = new List<long>();
        var walk = new RecordBatchReader(bytes);
        while (walk.MoveNext())
        {
            Assert.True(RecordBatch.HasValidCrc(walk.Current));
            offsets.Add(walk.Header.BaseOffset);
        }

        Assert.Equal(bytes.Length, walk.PositionBytes);
        return offsets;
    }

    public async ValueTask DisposeAsync()
    {
        await Table.CloseAsync();
        Assert.Equal(0, Committed.DoubleCalls);
    }

    /// <summary>A waiter that becomes a task, and counts calls beyond the first.</summary>
    public sealed class Committed : ICommitWaiter
    {
        private readonly TaskCompletionSource<ErrorCode> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private static int _doubleCalls;

        /// <summary>Waiters of any test that were called more than once.</summary>
        public static int DoubleCalls => Volatile.Read(ref _doubleCalls);

        public Task<ErrorCode> Task => _done.Task;

        public void OnCommitted(int tag, ErrorCode error)
        {
            if (!_done.TrySetResult(error))
            {
                Interlocked.Increment(ref _doubleCalls);
            }
        }
    }

    /// <summary>A long poll that becomes a task.</summary>
    public sealed class Readable : IReadWaiter
    {
        private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Task => _done.Task;

        public int Calls { get; private set; }

        public void OnReadable()
        {
            Calls++;
            _done.TrySetResult();
        }
    }
}

/// <summary>A clock that moves when it is told to; its timers never fire by themselves.</summary>
internal sealed class ManualTime : TimeProvider
{
    public DateTimeOffset Now { get; set; } = DateTimeOffset.FromUnixTimeMilliseconds(1_000_000);

    public override DateTimeOffset GetUtcNow() => Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new SilentTimer();

    private sealed class SilentTimer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

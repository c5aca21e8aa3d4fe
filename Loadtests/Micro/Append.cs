using BenchmarkDotNet.Attributes;
using Broker.Core.Metadata;
using Broker.Node;
using Broker.Node.Partitions;
using Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Protocol.Wire;
using Protocol.Wire.Records;

namespace Loadtests.Micro;

/// <summary>One batch into one partition's log: validation, the write, and in flush mode batch the wait for the disk.</summary>
public class Append : ICommitWaiter
{
    private readonly SemaphoreSlim _committed = new(0);
    private readonly string _folder = Directory.CreateTempSubdirectory("federation-append-").FullName;
    private PartitionTable? _table;
    private Partition? _partition;
    private byte[] _batch = [];

    [Params(FlushMode.Os, FlushMode.Batch)]
    public FlushMode Flush { get; set; }

    [Params(16)]
    public int Records { get; set; }

    [GlobalSetup]
    public void Open()
    {
        _table = new PartitionTable(new PartitionTableOptions(Path.Combine(_folder, $"{Flush}"), Flush, Clock.System, NullLogger.Instance));
        var image = new TopicImage(Guid.NewGuid(), "bench", 1, System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty);
        // Small segments and a size bound: the disk is not filled, however long the benchmark runs.
        _partition = _table.Put(image, new LogSettings { SegmentBytes = 64 << 20, RetentionBytes = 256 << 20, RetentionAge = null, FileDeleteDelay = TimeSpan.Zero }, leaderEpoch: 0).Partitions[0];
        _table.CompleteOpening();
        _batch = Batches.Make(CompressionType.None, Records, 1024);
    }

    [GlobalCleanup]
    public async Task Close()
    {
        await _table!.CloseAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Benchmark]
    public long AppendAndCommit()
    {
        RecordBatch.PatchOffsets(_batch, 0, -1);
        var outcome = _partition!.Append(_batch, produceVersion: 13, this);
        if (outcome.Error != ErrorCode.None)
        {
            throw new InvalidOperationException($"{outcome.Error} {outcome.ErrorMessage}");
        }

        _committed.Wait();
        return outcome.BaseOffset;
    }

    void ICommitWaiter.OnCommitted(int tag, ErrorCode error) => _committed.Release();
}

using BenchmarkDotNet.Attributes;
using Protocol.Wire.Records;

namespace Loadtests.Micro;

/// <summary>What a produced batch costs before it is stored: checksum, records, and for packed ones the codec.</summary>
public class BatchValidation
{
    private readonly BatchRules _rules = new() { NowMs = 1_700_000_000_000, TimestampAfterMax = TimeSpan.MaxValue };
    private byte[] _batch = [];

    [Params(CompressionType.None, CompressionType.Lz4, CompressionType.Zstd, CompressionType.Snappy, CompressionType.Gzip)]
    public CompressionType Compression { get; set; }

    [Params(100, 1024)]
    public int ValueBytes { get; set; }

    [GlobalSetup]
    public void MakeBatch() => _batch = Batches.Make(Compression, 60_000 / ValueBytes, ValueBytes);

    [Benchmark]
    public bool Validate() => BatchCheck.Validate(_batch, _rules).IsAccepted;
}

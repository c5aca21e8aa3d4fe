using Protocol.Wire.Records;

namespace Loadtests.Micro;

/// <summary>Batches of incompressible values from a fixed seed, as large as producers make them.</summary>
internal static class Batches
{
    public static byte[] Make(CompressionType compression, int records, int valueBytes)
    {
        var random = new Random(1);
        var builder = new RecordBatchBuilder(compression);
        var value = new byte[valueBytes];
        for (var i = 0; i < records; i++)
        {
            // Half of each value repeats, so that a codec has something to do.
            random.NextBytes(value.AsSpan(0, valueBytes / 2));
            builder.Append(1_700_000_000_000 + i, NullableBytes.Null, value);
        }

        return builder.Build();
    }
}

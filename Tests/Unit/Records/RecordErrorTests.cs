using Kernel;
using Protocol.Wire;
using Protocol.Wire.Records;

namespace Tests.Unit.Records;

/// <summary>How many refused records of a batch are told of, and what the others cost.</summary>
public class RecordErrorTests
{
    [Fact]
    public void Record_errors_are_bounded()
    {
        var builder = new RecordBatchBuilder();
        for (var i = 0; i < Limits.MaxRecordErrors + 500; i++)
        {
            builder.Append(Batches.Now, NullableBytes.Null, NullableBytes.Null);
        }

        var verdict = BatchCheck.Validate(builder.Build(), Batches.Rules() with { IsCompacted = true });
        Assert.Equal(Limits.MaxRecordErrors, verdict.RecordErrors!.Count);
    }

    [Fact]
    public void Bad_records_beyond_those_told_of_cost_no_memory()
    {
        long Allocated(int records)
        {
            var builder = new RecordBatchBuilder();
            for (var i = 0; i < records; i++)
            {
                builder.Append(Batches.Now + 7_200_000, NullableBytes.Null, NullableBytes.Null);
            }

            var batch = builder.Build();
            var rules = Batches.Rules() with { MaxBatchBytes = batch.Length };
            var before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Equal(ErrorCode.InvalidTimestamp, BatchCheck.Validate(batch, rules).Error);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        // The first time counts what is made once for the process.
        Allocated(1);
        Assert.InRange(Allocated(100_000), 0, Allocated(Limits.MaxRecordErrors) + 10_000);
    }
}

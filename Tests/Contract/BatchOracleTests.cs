using System.Diagnostics;
using Kernel.Machines;
using Protocol.Wire;
using Protocol.Wire.Records;
using Tests.Harness;
using Xunit;

namespace Tests.Contract;

/// <summary>
/// Whole and damaged batches under all kinds of topic settings: our verdict, and the batch as stored, are what Apache Kafka's own classes
/// make of them. SEED repeats a run, BATCH_CASES makes a longer one.
/// </summary>
public class BatchOracleTests
{
    [Fact]
    public async Task Verdicts_and_stored_batches_are_those_of_Kafka()
    {
        var java = RealParts.Program("java");
        var libs = RealParts.SharedFile("peers/kafka/libs");
        var seed = ulong.TryParse(Environment.GetEnvironmentVariable("SEED"), out var given) ? given : 1;
        var count = int.TryParse(Environment.GetEnvironmentVariable("BATCH_CASES"), out var wanted) ? wanted : 4000;
        TestContext.Current.TestOutputHelper?.WriteLine($"SEED={seed}");
        var source = Path.Combine(AppContext.BaseDirectory, "kafka", "BatchOracle.java");
        using var oracle = Process.Start(new ProcessStartInfo(java, ["-cp", Path.Combine(libs, "*"), source])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var cases = Enumerable.Range(0, count).Select(i => BatchCase.Make(new Prng((seed * 1_000_003) + (ulong)i))).ToList();
        var writing = Task.Run(async () =>
        {
            foreach (var made in cases)
            {
                await oracle.StandardInput.WriteLineAsync(made.ToLine());
            }

            oracle.StandardInput.Close();
        });
        var differences = new List<string>();
        int accepted = 0, refused = 0;
        for (var i = 0; i < cases.Count; i++)
        {
            var answer = await oracle.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("the oracle ended");
            (accepted, refused) = answer.StartsWith("OK", StringComparison.Ordinal) ? (accepted + 1, refused) : (accepted, refused + 1);
            if (Compare(cases[i], answer) is { } difference)
            {
                differences.Add($"case {i} ({cases[i].What}): {difference}\n  {cases[i].ToLine()}");
            }
        }

        await writing;
        await oracle.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(differences.Count == 0, $"SEED={seed}: {differences.Count} differences\n{string.Join('\n', differences.Take(50))}");

        // Both kinds must have been met, or the cases test nothing.
        Assert.True(accepted > count / 10 && refused > count / 10, $"{accepted} accepted, {refused} refused");
    }

    private static string? Compare(BatchCase made, string answer)
    {
        var kafka = answer.Split(' ');
        var verdict = BatchCheck.Validate(made.Records, made.Rules);
        if (kafka[0] == "ERR")
        {
            var theirs = (ErrorCode)short.Parse(kafka[1]);
            if (verdict.IsAccepted)
            {
                return $"Kafka refuses with {theirs}, we accept";
            }

            // How a damaged stream of a codec fails is up to its library; that it fails is not.
            if (made.IsStreamDamaged || made.MayHaveLooseLengths)
            {
                return null;
            }

            var indexes = verdict.RecordErrors is null ? "-" : string.Join(',', verdict.RecordErrors.Select(e => e.BatchIndex));
            return verdict.Error == theirs && indexes == kafka[2] ? null : $"Kafka {answer}, we {verdict.Error} {indexes} {verdict.Message}";
        }

        if (!verdict.IsAccepted)
        {
            // Kafka does not compare a record's length with its parts where it skips them, in compressed batches that it stores as they came;
            // and Java does not look at the reserved flags of gzip's header.
            var isStricter = (made.MayHaveLooseLengths && verdict.Error == ErrorCode.InvalidRecord)
                || (made.IsStreamDamaged && verdict.Error == ErrorCode.UnknownServerError
                    && new RecordBatchHeader(made.Records).Compression == CompressionType.Gzip);
            return isStricter ? null : $"Kafka accepts, we {verdict.Error} {verdict.Message}";
        }

        return CompareStored(made, verdict, long.Parse(kafka[1]), Convert.FromHexString(kafka[2]));
    }

    private static string? CompareStored(BatchCase made, BatchVerdict verdict, long maxTimestamp, byte[] theirs)
    {
        if (verdict.MaxTimestamp != maxTimestamp)
        {
            return $"max timestamp {maxTimestamp}, ours {verdict.MaxTimestamp}";
        }

        var ours = made.Records[..verdict.LengthBytes];
        if (verdict.Rewrite == BatchRewrite.Recompress)
        {
            ours = BatchRewriter.Recompress(ours, verdict, made.Rules);
            RecordBatch.PatchOffsets(ours, 0, 0);
            var (theirHeader, ourHeader) = (theirs[12..61], ours[12..61]);

            // The packed bytes differ, so does the checksum.
            Array.Clear(theirHeader, 5, 4);
            Array.Clear(ourHeader, 5, 4);
            return !theirHeader.SequenceEqual(ourHeader) ? $"header {Convert.ToHexString(theirs[..61])}, ours {Convert.ToHexString(ours[..61])}"
                : BatchCase.Read(theirs).SequenceEqual(BatchCase.Read(ours)) ? null
                : "other records";
        }

        if (verdict.Rewrite == BatchRewrite.Header)
        {
            BatchRewriter.PatchHeader(ours, verdict, made.Rules);
        }

        RecordBatch.PatchOffsets(ours, 0, 0);
        return theirs.SequenceEqual(ours) ? null : $"stored {Convert.ToHexString(theirs)}, ours {Convert.ToHexString(ours)}";
    }
}

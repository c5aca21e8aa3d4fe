using System.Text;
using Protocol.Wire.Records;

namespace Tests.Unit.Records;

/// <summary>Batches recorded from real clients, all with the same three records.</summary>
public class GoldenBatchTests
{
    private static readonly (string Key, string Value)[] Sent =
    [
        ("k1", "first value of a golden batch"),
        ("k2", "second value of a golden batch, a bit longer than the first"),
        ("k3", "third"),
    ];

    public static TheoryData<string, string, string> Recorded()
    {
        var data = new TheoryData<string, string, string>();
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Records", "golden-batches.txt")).Where(l => !l.StartsWith('#')))
        {
            var parts = line.Split(' ');
            data.Add(parts[0], parts[1], parts[2]);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Recorded))]
    public void Recorded_batches_are_accepted_and_read(string client, string codec, string hex)
    {
        var batch = Convert.FromHexString(hex);
        var header = new RecordBatchHeader(batch);
        Assert.Equal(codec, header.Compression.ToString().ToLowerInvariant());
        var verdict = BatchCheck.Validate(batch, new BatchRules { NowMs = header.MaxTimestamp });
        Assert.True(verdict.IsAccepted, $"{client}: {verdict.Message}");
        Assert.Equal((batch.Length, 3, header.MaxTimestamp, BatchRewrite.None), (verdict.LengthBytes, verdict.RecordCount, verdict.MaxTimestamp, verdict.Rewrite));
        var expected = Sent.Select(r => (Hex(r.Key), Hex(r.Value), $"{Hex("h")}={Hex("v")}"));
        Assert.Equal(expected, PlainRecord.Read(batch).Select(r => (r.Key!, r.Value!, r.Headers)));
    }

    [Fact]
    public void What_Java_builds_uncompressed_we_build_to_the_byte()
    {
        var java = Convert.FromHexString((string)Recorded().Single(r => r.Data.Item1.StartsWith("java", StringComparison.Ordinal) && r.Data.Item2 == "none").Data.Item3);
        var builder = new RecordBatchBuilder { ProducerId = 7, ProducerEpoch = 2, BaseSequence = 5 };
        for (var i = 0; i < Sent.Length; i++)
        {
            builder.Append(1_795_632_000_000 + i, Encoding.UTF8.GetBytes(Sent[i].Key), Encoding.UTF8.GetBytes(Sent[i].Value), [new RecordHeader("h", "v"u8.ToArray())]);
        }

        Assert.Equal(java, builder.Build());
    }

    private static string Hex(string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text));
}

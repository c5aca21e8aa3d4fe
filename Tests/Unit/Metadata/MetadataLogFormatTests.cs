using System.Buffers;
using Broker.Core.Metadata;
using CsCheck;

namespace Tests.Unit.Metadata;

public class MetadataLogFormatTests
{
    /// <summary>A log of a snapshot and a few entries, with the images after each entry and where each ends.</summary>
    private static (byte[] File, List<(int End, ClusterImage Image)> Steps) Log()
    {
        var ledger = Ledgers.Started();
        ledger.Create(Ledgers.Topic("in-snapshot", 2, ("retention.ms", "5")));
        var bytes = new ArrayBufferWriter<byte>();
        bytes.Write(MetadataLogFormat.NewFile(ledger.Image));
        List<(int, ClusterImage)> steps = [(bytes.WrittenCount, ledger.Image)];
        ClusterCommand[] commands =
        [
            new ClusterCommand.CreateTopics([Ledgers.Topic("a", 3, ("cleanup.policy", "compact")), Ledgers.Topic("b")], false, 3),
            new ClusterCommand.AlterConfigs([new ConfigChanges(2, "a", [Ledgers.Set("retention.ms", "77"), Ledgers.Set("segment.ms", "88")])], false),
            new ClusterCommand.OpenMirror(Guid.Parse("11111111-1111-4111-8111-111111111111"), "m", 2, "eu", 4, [new("retention.ms", "9")]),
            new ClusterCommand.DeleteTopics([new TopicReference("b", Guid.Empty)]),
            new ClusterCommand.AllocateProducerIds(1000),
        ];
        foreach (var command in commands)
        {
            var records = ledger.Decide(command, Ledgers.Now).Records.ToList();
            Assert.NotEmpty(records);
            MetadataLogFormat.WriteEntry(bytes, ledger.Image.Version, records);
            records.ForEach(ledger.Apply);
            steps.Add((bytes.WrittenCount, ledger.Image));
        }

        return (bytes.WrittenSpan.ToArray(), steps);
    }

    [Fact]
    public void A_log_cut_at_any_byte_holds_every_entry_that_is_whole_and_no_part_of_another()
    {
        var (file, steps) = Log();
        for (var length = steps[0].End; length <= file.Length; length++)
        {
            var ledger = new ClusterLedger();
            var good = MetadataLogFormat.Replay(file.AsSpan(0, length), ledger);
            var expected = steps.Last(s => s.End <= length);
            Assert.Equal(expected.End, good);
            Assert.Equal(expected.Image.Describe(), ledger.Image.Describe());
        }
    }

    [Fact]
    public void A_cut_snapshot_is_refused()
    {
        var (file, steps) = Log();
        for (var length = 0; length < steps[0].End; length++)
        {
            Assert.Throws<MetadataLogException>(() => MetadataLogFormat.Replay(file.AsSpan(0, length), new ClusterLedger()));
        }
    }

    [Fact]
    public void Zeros_or_garbage_after_a_power_cut_are_cut_off()
    {
        var (file, steps) = Log();
        byte[][] tails = [new byte[4096], [.. Enumerable.Range(0, 5000).Select(i => (byte)(i * 31))]];
        foreach (var tail in tails)
        {
            var ledger = new ClusterLedger();
            Assert.Equal(file.Length, MetadataLogFormat.Replay([.. file, .. tail], ledger));
            Assert.Equal(steps[^1].Image.Describe(), ledger.Image.Describe());
        }
    }

    [Fact]
    public void A_flipped_bit_before_the_last_entry_is_refused_and_never_read()
    {
        var (file, steps) = Log();
        var lastEntry = steps[^2].End;
        Gen.Select(Gen.Int[0, lastEntry - 1], Gen.Int[0, 7]).Sample((at, bit) =>
        {
            var damaged = file.ToArray();
            damaged[at] ^= (byte)(1 << bit);
            Assert.Throws<MetadataLogException>(() => MetadataLogFormat.Replay(damaged, new ClusterLedger()));
        }, iter: 2000);
    }

    [Fact]
    public void Any_bytes_are_refused_or_read_without_harm() => Gen.Byte.Array[0, 200].Sample(tail =>
    {
        var file = MetadataLogFormat.NewFile(ClusterImage.Empty);
        try
        {
            MetadataLogFormat.Replay([.. file, .. tail], new ClusterLedger());
            MetadataLogFormat.Replay(tail, new ClusterLedger());
        }
        catch (MetadataLogException)
        {
            // That is the one way to refuse.
        }
    });

    [Fact]
    public void A_record_of_a_newer_broker_is_refused()
    {
        ReadOnlySpan<byte> bytes = [200, 1, 2, 3];
        string? message = null;
        try
        {
            ClusterRecordCodec.Read(ref bytes);
        }
        catch (MetadataLogException e)
        {
            message = e.Message;
        }

        Assert.Contains("newer version", message);
    }
}

using Broker.Core.Append;
using Protocol.Wire;
using Protocol.Wire.Records;

namespace Tests.Unit.Apis;

/// <summary>How Apache Kafka 4.3.1 worded refusals: whether log start offset and text were there, by what was sent.</summary>
public class RefusalFormTests
{
    [Fact]
    public void A_batch_that_the_log_refused_has_the_log_start_and_no_text() =>
        Assert.Equal(new RefusalForm(true, false), RefusalForm.Of(ErrorCode.InvalidRecord, Batch(), hasRecordErrors: false));

    [Theory]
    [InlineData(ErrorCode.OutOfOrderSequenceNumber)]
    [InlineData(ErrorCode.InvalidProducerEpoch)]
    [InlineData(ErrorCode.UnknownServerError)]
    public void So_have_refusals_that_only_the_log_makes(ErrorCode error) => Assert.Equal(new RefusalForm(true, false), RefusalForm.Of(error, Batch(), hasRecordErrors: false));

    [Theory]
    [InlineData(ErrorCode.InvalidRecord)]
    [InlineData(ErrorCode.InvalidTimestamp)]
    public void Faults_of_single_records_are_explained(ErrorCode error) => Assert.Equal(new RefusalForm(true, true), RefusalForm.Of(error, Batch(), hasRecordErrors: true));

    [Fact]
    public void What_is_no_single_batch_never_reached_the_log()
    {
        byte[] oldMagic = Batch();
        oldMagic[16] = 1;
        foreach (var records in (byte[][])[[], Batch()[..^1], [.. Batch(), .. Batch()], oldMagic])
        {
            Assert.Equal(new RefusalForm(false, false), RefusalForm.Of(ErrorCode.InvalidRecord, records, hasRecordErrors: false));
        }
    }

    [Fact]
    public void A_second_batch_that_is_cut_does_not_count() =>
        Assert.Equal(new RefusalForm(true, false), RefusalForm.Of(ErrorCode.InvalidRecord, [.. Batch(), .. Batch()[..^3]], hasRecordErrors: false));

    [Theory]
    [InlineData(48, 2, false)]
    [InlineData(13, 2, true)]
    [InlineData(0, 2, true)]
    [InlineData(-1, 2, true)]
    [InlineData(60, 3, true)]
    [InlineData(60, -1, true)]
    [InlineData(60, 2, false)]
    public void Only_unreadable_bytes_are_explained(int length, sbyte magic, bool explained)
    {
        var batch = Batch();
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(8), length);
        batch[16] = (byte)magic;
        Assert.Equal(new RefusalForm(false, explained), RefusalForm.Of(ErrorCode.CorruptMessage, batch, hasRecordErrors: false));
    }

    [Theory]
    [InlineData(ErrorCode.MessageTooLarge)]
    [InlineData(ErrorCode.UnknownTopicOrPartition)]
    [InlineData(ErrorCode.UnsupportedCompressionType)]
    [InlineData(ErrorCode.KafkaStorageError)]
    public void Others_have_neither(ErrorCode error) => Assert.Equal(new RefusalForm(false, false), RefusalForm.Of(error, Batch(), hasRecordErrors: false));

    private static byte[] Batch()
    {
        var builder = new RecordBatchBuilder();
        builder.Append(1, "k"u8, "v"u8);
        return builder.Build();
    }
}

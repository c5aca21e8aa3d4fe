using Broker.Core.Groups;
using Microsoft.Extensions.Logging;
using Protocol.Wire.Codec;
using Protocol.Wire.Records;

namespace Broker.Node.Groups;

/// <summary>Replays a shard's log into a ledger. Used once per load.</summary>
internal sealed partial class GroupLogReader(GroupLedger ledger, string logName, ILogger logger)
{
    /// <summary>Bytes of all batches that were read.</summary>
    public long ReadBytes { get; private set; }

    /// <summary>Reads everything from the log's start on.</summary>
    public void Read(IGroupLog log) => log.ReadCommitted(log.LogStartOffset, ReadBatches);

    private void ReadBatches(ReadOnlySpan<byte> batches)
    {
        ReadBytes += batches.Length;
        var reader = new RecordBatchReader(batches);
        while (reader.MoveNext())
        {
            // Control batches mark the ends of transactions, which this broker's groups do not take part in.
            if (!reader.Header.IsControl)
            {
                ReadBatch(reader.Current);
            }
        }
    }

    private void ReadBatch(ReadOnlySpan<byte> batch)
    {
        using var records = new RecordReader(batch);
        while (records.MoveNext())
        {
            try
            {
                if (!records.Key.IsNull && GroupRecordCodec.Read(records.Key.ToArray()!, records.Value.ToArray() is { } value ? value : null) is { } record)
                {
                    ledger.Apply(record);
                }
            }
            catch (WireFormatException e)
            {
                // The batch's checksum is right, so somebody wrote it so. The rest of the groups must not suffer from it.
                LogUnreadable(logger, logName, records.Offset, e.Message);
            }
        }

        if (records.IsMalformed)
        {
            LogUnreadable(logger, logName, new RecordBatchHeader(batch).BaseOffset, "the batch does not hold the records that it announces");
        }
    }

    [LoggerMessage(LogLevel.Error, "{Log}: the group record at offset {Offset} cannot be read and is passed over: {Why}")]
    private static partial void LogUnreadable(ILogger logger, string log, long offset, string why);
}

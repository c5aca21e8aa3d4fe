using System.Buffers.Binary;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Messages;
using Protocol.Wire.Records;

namespace Loadtests.Load;

/// <summary>
/// The open loop's consumer: one fetch under way over all partitions, records read from the answer where they lie. Owned by the one task that
/// calls <see cref="ReadAsync"/>. The server is trusted to send batches that are whole: this measures, it does not check.
/// </summary>
internal sealed class BatchConsumer(FrameClient client, string topic, long[] offsets) : IAsyncDisposable
{
    // The last version that names topics.
    private const short Version = 12;
    private const int MaxWaitMs = 100;

    // The defaults of Kafka's consumers.
    private const int MaxBytes = 50 * 1024 * 1024;
    private const int MaxPartitionBytes = 1024 * 1024;

    /// <summary>Connects. Reading begins at the given offsets, one for each partition.</summary>
    public static async Task<BatchConsumer> ConnectAsync(string bootstrap, string topic, long[] offsets) =>
        new(await ClientSettings.ConnectAsync(bootstrap).ConfigureAwait(false), topic, offsets);

    /// <summary>One fetch; the first eight bytes of each record's value are handed over. Throws <see cref="InvalidOperationException"/> when the server answers with an error.</summary>
    public async Task ReadAsync(Action<long> read)
    {
        var request = new FetchRequest
        {
            MaxWaitMs = MaxWaitMs,
            MinBytes = 1,
            MaxBytes = MaxBytes,
            SessionEpoch = -1,
            Topics = [new() { Topic = topic, Partitions = [.. offsets.Select((offset, p) => new FetchRequest.FetchTopic.FetchPartition
            {
                Partition = p,
                CurrentLeaderEpoch = -1,
                FetchOffset = offset,
                LastFetchedEpoch = -1,
                PartitionMaxBytes = MaxPartitionBytes,
            })] }],
            RackId = "",
        };
        using var reply = await client.CallAsync<FetchRequest, FetchResponse>(request, Version).ConfigureAwait(false);
        foreach (var partition in reply.Message.Responses.SelectMany(t => t.Partitions))
        {
            if (partition.ErrorCode != 0)
            {
                throw new InvalidOperationException($"{topic}-{partition.PartitionIndex}: {(ErrorCode)partition.ErrorCode}");
            }

            offsets[partition.PartitionIndex] = Walk(partition.Records.Memory.Span, offsets[partition.PartitionIndex], read);
        }
    }

    public ValueTask DisposeAsync() => client.DisposeAsync();

    private static long Walk(ReadOnlySpan<byte> bytes, long from, Action<long> read)
    {
        var batches = new RecordBatchReader(bytes);
        while (batches.MoveNext())
        {
            using var records = new RecordReader(batches.Current);
            while (records.MoveNext())
            {
                // A fetch begins with the batch that holds the offset, which may begin before it.
                if (records.Offset >= from)
                {
                    read(BinaryPrimitives.ReadInt64LittleEndian(records.Value.Span));
                    from = records.Offset + 1;
                }
            }
        }

        return from;
    }
}

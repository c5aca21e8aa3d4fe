using System.Buffers.Binary;
using System.Collections.Concurrent;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Messages;
using Protocol.Wire.Records;

namespace Loadtests.Load;

/// <summary>
/// The open loop's producer: what is due goes out as one batch to one partition, the partitions in turn, acks=all and idempotent. It costs a
/// fraction of what a general client costs, so that on few processors the servers are measured and not their client. Owned by the
/// one thread that calls <see cref="Send"/>; answers come on a loop's thread.
/// </summary>
internal sealed class BatchProducer : IAsyncDisposable
{
    // The last version that names topics; what a server does with a batch is the same in all.
    private const short Version = 12;
    private const short InitVersion = 4;

    /// <summary>What idempotence allows on one connection, as with Kafka's own producers.</summary>
    private const int MaxInFlight = 5;
    private const int TimeoutMs = 30_000;

    private readonly FrameClient _client;
    private readonly string _topic;
    private readonly int[] _sequences;
    private readonly byte[] _value;

    // One for each request under way: its memory is the request's until the answer.
    private readonly ConcurrentBag<RecordBatchBuilder> _builders;
    private readonly SemaphoreSlim _slots = new(MaxInFlight, MaxInFlight);
    private readonly OpenLoopSchedule _schedule;
    private readonly Action<long, int, bool> _answered;
    private int _partition;

    private BatchProducer(FrameClient client, InitProducerIdResponse identity, string topic, int partitions, int valueBytes, OpenLoopSchedule schedule, Action<long, int, bool> answered)
    {
        _client = client;
        _topic = topic;
        _sequences = new int[partitions];
        _builders = [.. Enumerable.Range(0, MaxInFlight).Select(_ => new RecordBatchBuilder { ProducerId = identity.ProducerId, ProducerEpoch = identity.ProducerEpoch })];
        _value = ClientSettings.Incompressible(valueBytes);
        _schedule = schedule;
        _answered = answered;
    }

    /// <summary>Connects and takes a producer id. Throws <see cref="InvalidOperationException"/> when the server gives none.</summary>
    /// <param name="answered">First record, how many, whether they were acknowledged; called on a loop's thread, once for each batch.</param>
    public static async Task<BatchProducer> ConnectAsync(
        string bootstrap, string topic, int partitions, int valueBytes, OpenLoopSchedule schedule, Action<long, int, bool> answered)
    {
        var client = await ClientSettings.ConnectAsync(bootstrap).ConfigureAwait(false);
        using var identity = await client.CallAsync<InitProducerIdRequest, InitProducerIdResponse>(
            new() { TransactionalId = null, TransactionTimeoutMs = TimeoutMs, ProducerId = -1, ProducerEpoch = -1 }, InitVersion).ConfigureAwait(false);
        return identity.Message.ErrorCode == 0
            ? new(client, identity.Message, topic, partitions, valueBytes, schedule, answered)
            : throw new InvalidOperationException($"{bootstrap} gives no producer id: {(ErrorCode)identity.Message.ErrorCode}");
    }

    /// <summary>Sends records <paramref name="first"/> and following as one batch; waits for a slot of those under way. The clocks of what waits run on.</summary>
    public void Send(long first, int count)
    {
        _slots.Wait();
        var partition = _partition;
        _partition = (partition + 1) % _sequences.Length;
        var builder = _builders.TryTake(out var free) ? free : throw new InvalidOperationException("there are as many builders as slots");
        builder.Reset();
        builder.BaseSequence = _sequences[partition];
        _sequences[partition] = Sequences.Add(_sequences[partition], count);
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        for (var i = 0; i < count; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(_value, _schedule.DueTicks(first + i));
            builder.Append(now, NullableBytes.Null, _value);
        }

        _ = SendAsync(builder, partition, first, count);
    }

    /// <summary>Returns when everything sent was answered.</summary>
    public void Drain()
    {
        for (var i = 0; i < MaxInFlight; i++)
        {
            _slots.Wait();
        }

        _slots.Release(MaxInFlight);
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync().ConfigureAwait(false);
        _slots.Dispose();
    }

    private async Task SendAsync(RecordBatchBuilder builder, int partition, long first, int count)
    {
        var isAcknowledged = false;
        try
        {
            var request = new ProduceRequest
            {
                Acks = -1,
                TimeoutMs = TimeoutMs,
                TopicData = [new() { Name = _topic, PartitionData = [new() { Index = partition, Records = new WireRecords(builder.BuildInPlace()) }] }],
            };
            using var reply = await _client.CallAsync<ProduceRequest, ProduceResponse>(request, Version).ConfigureAwait(false);
            isAcknowledged = reply.Message.Responses is [{ PartitionResponses: [{ ErrorCode: 0 }] }];
        }
        catch (Exception e) when (e is IOException or WireFormatException)
        {
            // Counted as failed below; the bench says how many.
        }

        _answered(first, count, isAcknowledged);
        _builders.Add(builder);
        _slots.Release();
    }
}

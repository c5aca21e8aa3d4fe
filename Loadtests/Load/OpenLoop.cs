using System.Buffers.Binary;
using System.Diagnostics;
using Confluent.Kafka;
using Loadtests.Measure;

namespace Loadtests.Load;

/// <summary>What an open-loop run saw. Everything counts from when a record was due.</summary>
public sealed record OpenLoopResult(LatencyRecorder Ack, LatencyRecorder EndToEnd, LatencyRecorder SenderLag, long Sent, long Acknowledged, long Read, long Failed);

/// <summary>
/// Open loop: records fall due at a fixed rate and are written in one place and read in the same or another one (the mirror's region).
/// The due time travels in the value, so that the reader needs nothing but its own clock, which is the writer's.
/// </summary>
public static class OpenLoop
{
    public static async Task<OpenLoopResult> RunAsync(
        string produceTo, string consumeFrom, string topic, int partitions, int valueBytes, double ratePerSecond, TimeSpan warmUp, TimeSpan measured)
    {
        var schedule = new OpenLoopSchedule(ratePerSecond);
        LatencyRecorder ack = new(), endToEnd = new(), lag = new();
        long sent = 0, acknowledged = 0, read = 0, failed = 0;
        var clock = Stopwatch.StartNew();
        using var stopReading = new CancellationTokenSource();

        using var consumer = new ConsumerBuilder<Ignore, byte[]>(ClientSettings.Consumer(consumeFrom)).Build();
        var ends = Enumerable.Range(0, partitions).Select(p => new TopicPartition(topic, p))
            .Select(tp => new TopicPartitionOffset(tp, consumer.QueryWatermarkOffsets(tp, TimeSpan.FromSeconds(10)).High)).ToList();
        consumer.Assign(ends);

        // Set when the load begins: a record is measured when it fell due after the warm-up.
        long started = 0;
        var from = warmUp.Ticks;
        var reader = Task.Run(() =>
        {
            while (!stopReading.IsCancellationRequested)
            {
                var result = consumer.Consume(TimeSpan.FromMilliseconds(100));
                if (result is null || result.IsPartitionEOF)
                {
                    continue;
                }

                var due = BinaryPrimitives.ReadInt64LittleEndian(result.Message.Value);
                var now = clock.Elapsed.Ticks - Volatile.Read(ref started);
                Interlocked.Increment(ref read);
                if (due >= from)
                {
                    endToEnd.Record(TimeSpan.FromTicks(now - due));
                }
            }
        });

        // What falls due within a millisecond goes together, here as in the schedule below: a request for each record would measure this client.
        using var producer = new ProducerBuilder<Null, byte[]>(ClientSettings.Producer(produceTo, lingerMs: 1)).Build();
        Volatile.Write(ref started, clock.Elapsed.Ticks);
        var total = (long)(ratePerSecond * (warmUp + measured).TotalSeconds);
        await Task.Run(() =>
        {
            var padding = ClientSettings.Incompressible(valueBytes);
            while (sent < total)
            {
                var due = Math.Min(total, schedule.DueBy(clock.Elapsed.Ticks - started));
                if (due <= sent)
                {
                    // A millisecond is the tick; what is due meanwhile goes with the next one, its clock running.
                    Thread.Sleep(1);
                    continue;
                }

                while (sent < due)
                {
                    var dueTicks = schedule.DueTicks(sent);
                    var value = padding.AsSpan().ToArray();
                    BinaryPrimitives.WriteInt64LittleEndian(value, dueTicks);
                    var partition = new TopicPartition(topic, (int)(sent % partitions));
                    if (dueTicks >= from)
                    {
                        lag.Record(TimeSpan.FromTicks(clock.Elapsed.Ticks - started - dueTicks));
                    }

                    producer.Produce(partition, new Message<Null, byte[]> { Value = value }, report =>
                    {
                        if (report.Error.IsError)
                        {
                            Interlocked.Increment(ref failed);
                            return;
                        }

                        Interlocked.Increment(ref acknowledged);
                        if (dueTicks >= from)
                        {
                            ack.Record(TimeSpan.FromTicks(clock.Elapsed.Ticks - started - dueTicks));
                        }
                    });
                    sent++;
                }
            }
        }).ConfigureAwait(false);
        producer.Flush(TimeSpan.FromSeconds(30));

        // What was acknowledged must come out: wait for it, not for a time.
        var deadline = Stopwatch.GetTimestamp();
        while (Interlocked.Read(ref read) < Interlocked.Read(ref acknowledged) && Stopwatch.GetElapsedTime(deadline) < TimeSpan.FromSeconds(20))
        {
            await Task.Delay(10).ConfigureAwait(false);
        }

        await stopReading.CancelAsync().ConfigureAwait(false);
        await reader.ConfigureAwait(false);
        return new OpenLoopResult(ack, endToEnd, lag, sent, acknowledged, read, failed);
    }
}

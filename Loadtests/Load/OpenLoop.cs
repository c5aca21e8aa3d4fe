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
    /// <summary>Below Kafka's default limit of a batch, 1 MiB.</summary>
    private const int MaxBatchBytes = 512 * 1024;

    public static async Task<OpenLoopResult> RunAsync(
        string produceTo, string consumeFrom, string topic, int partitions, int valueBytes, double ratePerSecond, TimeSpan warmUp, TimeSpan measured)
    {
        var schedule = new OpenLoopSchedule(ratePerSecond);
        LatencyRecorder ack = new(), endToEnd = new(), lag = new();
        long sent = 0, acknowledged = 0, read = 0, failed = 0;
        var from = warmUp.Ticks;
        var clock = Stopwatch.StartNew();

        // Set when the load begins: a record is measured when it fell due after the warm-up.
        long started = 0;
        long Now() => clock.Elapsed.Ticks - Volatile.Read(ref started);

        using var stopReading = new CancellationTokenSource();
        await using var consumer = await BatchConsumer.ConnectAsync(consumeFrom, topic, Ends(consumeFrom, topic, partitions)).ConfigureAwait(false);
        var reader = Task.Run(async () =>
        {
            while (!stopReading.IsCancellationRequested)
            {
                var now = 0L;
                await consumer.ReadAsync(due =>
                {
                    // One reading of the clock for each answer: all its records were there at that moment.
                    now = now == 0 ? Now() : now;
                    Interlocked.Increment(ref read);
                    if (due >= from)
                    {
                        endToEnd.Record(TimeSpan.FromTicks(now - due));
                    }
                }).ConfigureAwait(false);
            }
        });

        await using var producer = await BatchProducer.ConnectAsync(produceTo, topic, partitions, valueBytes, schedule, (first, count, isAcknowledged) =>
        {
            if (!isAcknowledged)
            {
                Interlocked.Add(ref failed, count);
                return;
            }

            Interlocked.Add(ref acknowledged, count);
            var now = Now();
            for (var i = first; i < first + count; i++)
            {
                var due = schedule.DueTicks(i);
                if (due >= from)
                {
                    ack.Record(TimeSpan.FromTicks(now - due));
                }
            }
        }).ConfigureAwait(false);
        Volatile.Write(ref started, clock.Elapsed.Ticks);
        var total = (long)(ratePerSecond * (warmUp + measured).TotalSeconds);
        var maxRecords = Math.Max(1, MaxBatchBytes / (valueBytes + 16));
        await Task.Factory.StartNew(
            () =>
            {
                while (sent < total)
                {
                    var due = Math.Min(total, schedule.DueByTick(Now()));
                    if (due <= sent)
                    {
                        Thread.Sleep(OpenLoopSchedule.Tick);
                        continue;
                    }

                    var count = (int)Math.Min(due - sent, maxRecords);
                    if (schedule.DueTicks(sent) is var dueTicks && dueTicks >= from)
                    {
                        lag.Record(TimeSpan.FromTicks(Now() - dueTicks));
                    }

                    producer.Send(sent, count);
                    sent += count;
                }

                producer.Drain();
            },
            TaskCreationOptions.LongRunning).ConfigureAwait(false);

        // What was acknowledged must come out: wait for it, not for a time.
        var deadline = Stopwatch.GetTimestamp();
        while (Interlocked.Read(ref read) < Interlocked.Read(ref acknowledged) && Stopwatch.GetElapsedTime(deadline) < TimeSpan.FromSeconds(20) && !reader.IsCompleted)
        {
            await Task.Delay(10).ConfigureAwait(false);
        }

        await stopReading.CancelAsync().ConfigureAwait(false);
        await reader.ConfigureAwait(false);
        return new OpenLoopResult(ack, endToEnd, lag, sent, acknowledged, read, failed);
    }

    private static long[] Ends(string bootstrap, string topic, int partitions)
    {
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(ClientSettings.Consumer(bootstrap)).Build();
        return [.. Enumerable.Range(0, partitions).Select(p => consumer.QueryWatermarkOffsets(new TopicPartition(topic, p), TimeSpan.FromSeconds(10)).High.Value)];
    }
}

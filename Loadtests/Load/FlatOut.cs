using System.Diagnostics;
using Confluent.Kafka;
using Loadtests.Measure;

namespace Loadtests.Load;

/// <summary>What a flat-out run reached. MB are 10^6 bytes of values.</summary>
public sealed record FlatOutResult(long Records, double RecordsPerSecond, double MegabytesPerSecond, LatencyRecorder Ack, long Failed);

/// <summary>Closed loop: as many records as the client will take, acks=all, idempotent. Only acknowledgements inside the measured time count.</summary>
public static class FlatOut
{
    public static async Task<FlatOutResult> ProduceAsync(string bootstrap, string topic, int valueBytes, TimeSpan warmUp, TimeSpan measured)
    {
        var ack = new LatencyRecorder();
        long records = 0, failed = 0;
        using var producer = new ProducerBuilder<Null, byte[]>(ClientSettings.Producer(bootstrap, lingerMs: 5)).Build();
        var value = ClientSettings.Incompressible(valueBytes);
        var start = Stopwatch.GetTimestamp();
        var from = warmUp;
        var to = warmUp + measured;
        await Task.Run(() =>
        {
            while (Stopwatch.GetElapsedTime(start) < to)
            {
                var sent = Stopwatch.GetTimestamp();
                try
                {
                    producer.Produce(topic, new Message<Null, byte[]> { Value = value }, report =>
                    {
                        var now = Stopwatch.GetElapsedTime(start);
                        if (report.Error.IsError)
                        {
                            Interlocked.Increment(ref failed);
                        }
                        else if (now >= from && now < to)
                        {
                            Interlocked.Increment(ref records);
                            ack.Record(Stopwatch.GetElapsedTime(sent));
                        }
                    });
                }
                catch (ProduceException<Null, byte[]> e) when (e.Error.Code == ErrorCode.Local_QueueFull)
                {
                    producer.Poll(TimeSpan.FromMilliseconds(1));
                }
            }
        }).ConfigureAwait(false);
        producer.Flush(TimeSpan.FromSeconds(30));
        return new FlatOutResult(records, records / measured.TotalSeconds, records * (double)valueBytes / 1e6 / measured.TotalSeconds, ack, failed);
    }

    /// <summary>Reads a topic from the beginning until the time is over, again and again; MB/s of values.</summary>
    public static async Task<double> ConsumeAsync(string bootstrap, string topic, int partitions, TimeSpan measured)
    {
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(ClientSettings.Consumer(bootstrap)).Build();
        var beginning = Enumerable.Range(0, partitions).Select(p => new TopicPartitionOffset(topic, p, Offset.Beginning)).ToList();
        consumer.Assign(beginning);
        return await Task.Run(() =>
        {
            long bytes = 0;
            var ended = new HashSet<int>();
            var start = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(start) < measured)
            {
                var result = consumer.Consume(TimeSpan.FromMilliseconds(200));
                if (result is null)
                {
                    continue;
                }

                if (!result.IsPartitionEOF)
                {
                    bytes += result.Message.Value.Length;
                }
                else if (ended.Add(result.Partition.Value) && ended.Count == partitions)
                {
                    ended.Clear();
                    consumer.Assign(beginning);
                }
            }

            return bytes / 1e6 / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }).ConfigureAwait(false);
    }
}

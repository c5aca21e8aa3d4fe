using Confluent.Kafka;

namespace Loadtests.Load;

/// <summary>How the bench's clients are set: the promise under test is acks=all with idempotence.</summary>
internal static class ClientSettings
{
    public static ProducerConfig Producer(string bootstrap, double lingerMs) => new()
    {
        BootstrapServers = bootstrap,
        EnableIdempotence = true,
        Acks = Acks.All,
        LingerMs = lingerMs,
        BatchSize = 64 * 1024,
        QueueBufferingMaxMessages = 200_000,
        SocketNagleDisable = true,
    };

    public static ConsumerConfig Consumer(string bootstrap) => new()
    {
        BootstrapServers = bootstrap,
        GroupId = "bench",
        EnableAutoCommit = false,
        EnableAutoOffsetStore = false,
        EnablePartitionEof = true,
        FetchWaitMaxMs = 100,
        FetchQueueBackoffMs = 1,
        SocketNagleDisable = true,
    };

    /// <summary>Bytes that do not compress, from a fixed seed.</summary>
    public static byte[] Incompressible(int bytes)
    {
        var value = new byte[bytes];
        new Random(1).NextBytes(value);
        return value;
    }
}

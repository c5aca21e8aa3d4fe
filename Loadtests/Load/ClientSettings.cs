using System.Globalization;
using Confluent.Kafka;
using Protocol.Transport;

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

    /// <summary>A connection for requests of our own making; what follows an answer runs on the connection's loop.</summary>
    public static Task<FrameClient> ConnectAsync(string bootstrap)
    {
        var colon = bootstrap.LastIndexOf(':');
        return FrameClient.ConnectAsync(
            bootstrap[..colon], int.Parse(bootstrap[(colon + 1)..], CultureInfo.InvariantCulture), new FrameClientOptions { ClientId = "bench", InlineContinuations = true });
    }

    /// <summary>Bytes that do not compress, from a fixed seed.</summary>
    public static byte[] Incompressible(int bytes)
    {
        var value = new byte[bytes];
        new Random(1).NextBytes(value);
        return value;
    }
}

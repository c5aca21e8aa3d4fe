using System.Globalization;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Messages;

namespace SchemaRegistry.Service.Log;

/// <summary>
/// Finds a topic of one partition, or makes it where it may, and connects to its leader. Versions are fixed: those that brokers speak from 2.8 on, which is
/// where topic ids begin.
/// </summary>
internal sealed class KafkaTopic(KafkaSchemaLogOptions options)
{
    private const short MetadataVersion = 12;
    private const short CreateTopicsVersion = 7;

    /// <summary>The topic's id, and a connection to the broker that leads its partition. Throws <see cref="IOException"/>.</summary>
    public async Task<(Guid Id, Func<CancellationToken, Task<FrameClient>> Connect)> FindAsync(CancellationToken cancel)
    {
        Exception? last = null;
        foreach (var bootstrap in options.Bootstrap)
        {
            try
            {
                await using var client = await ConnectAsync(bootstrap, cancel);
                return await FindAsync(client, cancel);
            }
            catch (Exception failure) when (failure is IOException or System.Net.Sockets.SocketException or WireFormatException)
            {
                last = failure;
            }
        }

        throw new IOException($"topic {options.Topic} was not found on any of {string.Join(", ", options.Bootstrap)}: {last?.Message}", last);
    }

    private async Task<(Guid Id, Func<CancellationToken, Task<FrameClient>> Connect)> FindAsync(FrameClient client, CancellationToken cancel)
    {
        for (var hasCreated = false; ; hasCreated = true)
        {
            var request = new MetadataRequest { Topics = [new() { Name = options.Topic }], AllowAutoTopicCreation = false };
            using var reply = await client.CallAsync<MetadataRequest, MetadataResponse>(request, MetadataVersion, cancel).AsTask().WaitAsync(Timeout, cancel);
            var topic = reply.Message.Topics.FirstOrDefault(topic => topic.Name == options.Topic);
            var error = topic is null ? ErrorCode.UnknownTopicOrPartition : (ErrorCode)topic.ErrorCode;
            if (error == ErrorCode.UnknownTopicOrPartition && !hasCreated && options.MakesTopic)
            {
                await CreateAsync(client, cancel);
                continue;
            }

            if (error != ErrorCode.None || topic!.Partitions.Count == 0)
            {
                throw new IOException($"topic {options.Topic}: {error}");
            }

            if (topic.Partitions.Count > 1)
            {
                throw new IOException($"topic {options.Topic} has {topic.Partitions.Count} partitions and must have one");
            }

            var leaderId = topic.Partitions[0].LeaderId;
            var leader = reply.Message.Brokers.FirstOrDefault(broker => broker.NodeId == leaderId)
                ?? throw new IOException($"topic {options.Topic} has no leader now");
            var (host, port) = (leader.Host, leader.Port);
            return (topic.TopicId, stop => FrameClient.ConnectAsync(host, port, options.ClientId, stop));
        }
    }

    private async Task CreateAsync(FrameClient client, CancellationToken cancel)
    {
        var request = new CreateTopicsRequest
        {
            TimeoutMs = options.TimeoutMs,
            Topics =
            [
                new()
                {
                    Name = options.Topic,
                    NumPartitions = 1,
                    ReplicationFactor = options.ReplicationFactor,
                    Configs = [.. KafkaSchemaLogOptions.TopicSettings.Select(setting => new CreateTopicsRequest.CreatableTopic.CreatableTopicConfig
                    {
                        Name = setting.Key, Value = setting.Value,
                    })],
                },
            ],
        };
        using var reply = await client.CallAsync<CreateTopicsRequest, CreateTopicsResponse>(request, CreateTopicsVersion, cancel).AsTask()
            .WaitAsync(Timeout, cancel);
        var result = reply.Message.Topics.FirstOrDefault();
        if (result is null || (ErrorCode)result.ErrorCode is not (ErrorCode.None or ErrorCode.TopicAlreadyExists))
        {
            throw new IOException($"topic {options.Topic} was not made: {(ErrorCode)(result?.ErrorCode ?? -1)} {result?.ErrorMessage}");
        }
    }

    private TimeSpan Timeout => TimeSpan.FromMilliseconds(options.TimeoutMs);

    private Task<FrameClient> ConnectAsync(string address, CancellationToken cancel)
    {
        var colon = address.LastIndexOf(':');
        return colon > 0 && int.TryParse(address.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? FrameClient.ConnectAsync(address[..colon].Trim('[', ']'), port, options.ClientId, cancel)
            : throw new ArgumentException($"'{address}' is not host:port");
    }
}

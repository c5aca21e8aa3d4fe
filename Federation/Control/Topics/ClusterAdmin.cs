using Federation.Core.Homes;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Federation.Control.Topics;

/// <summary>A region's cluster, as its administrator sees it: makes and removes topics by the Kafka protocol. Connects when needed, one call at a time.</summary>
/// <param name="host">A broker of the cluster; any broker takes these calls.</param>
public sealed class ClusterAdmin(string host, int port) : IAsyncDisposable
{
    private const int TimeoutMs = 30_000;
    private readonly SemaphoreSlim _one = new(1, 1);
    private FrameClient? _client;

    /// <summary>Makes a topic, or only asks whether it could be made. Throws <see cref="IOException"/> or <see cref="System.Net.Sockets.SocketException"/> when the cluster is out of reach.</summary>
    /// <returns>None, or why not, with the cluster's text in the cluster's names.</returns>
    public async Task<(ErrorCode Error, string? Message)> CreateAsync(FederatedTopic topic, bool validateOnly, CancellationToken cancel)
    {
        var request = new CreateTopicsRequest
        {
            TimeoutMs = TimeoutMs,
            ValidateOnly = validateOnly,
            Topics =
            [
                new()
                {
                    Name = topic.ClusterName,
                    NumPartitions = topic.Partitions,
                    ReplicationFactor = -1,
                    Configs = [.. topic.Configs.Select(c => new CreateTopicsRequest.CreatableTopic.CreatableTopicConfig { Name = c.Key, Value = c.Value })],
                },
            ],
        };
        using var reply = await CallAsync<CreateTopicsRequest, CreateTopicsResponse>(request, CreateTopicsVersion, cancel).ConfigureAwait(false);
        var result = reply.Message.Topics[0];
        return ((ErrorCode)result.ErrorCode, result.ErrorMessage);
    }

    /// <summary>Removes a topic. UNKNOWN_TOPIC_OR_PARTITION when it is not there.</summary>
    public async Task<(ErrorCode Error, string? Message)> DeleteAsync(string clusterName, CancellationToken cancel)
    {
        var request = new DeleteTopicsRequest { TimeoutMs = TimeoutMs, Topics = [new() { Name = clusterName }] };
        using var reply = await CallAsync<DeleteTopicsRequest, DeleteTopicsResponse>(request, DeleteTopicsVersion, cancel).ConfigureAwait(false);
        var result = reply.Message.Responses[0];
        return ((ErrorCode)result.ErrorCode, result.ErrorMessage);
    }

    /// <summary>How many partitions the topic has; null when the cluster does not know it.</summary>
    public async Task<int?> PartitionsOfAsync(string clusterName, CancellationToken cancel)
    {
        var request = new MetadataRequest { Topics = [new() { Name = clusterName }], AllowAutoTopicCreation = false };
        using var reply = await CallAsync<MetadataRequest, MetadataResponse>(request, MetadataVersion, cancel).ConfigureAwait(false);
        var topic = reply.Message.Topics[0];
        return topic.ErrorCode == (short)ErrorCode.None ? topic.Partitions.Count : null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is { } client)
        {
            await client.DisposeAsync().ConfigureAwait(false);
        }

        _one.Dispose();
    }

    // Kafka 4.0's: what any cluster that may stand behind a region serves.
    private const short CreateTopicsVersion = 7;
    private const short DeleteTopicsVersion = 6;
    private const short MetadataVersion = 12;

    private async Task<FrameReply<TResponse>> CallAsync<TRequest, TResponse>(TRequest request, short version, CancellationToken cancel)
        where TRequest : Protocol.Wire.Codec.IWireMessage<TRequest>, new()
        where TResponse : Protocol.Wire.Codec.IWireMessage<TResponse>, new()
    {
        await _one.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (_client is not { IsOpen: true })
            {
                if (_client is { } broken)
                {
                    _client = null;
                    await broken.DisposeAsync().ConfigureAwait(false);
                }

                _client = await FrameClient.ConnectAsync(host, port, "federation-control", cancel).ConfigureAwait(false);
            }

            return await _client.CallAsync<TRequest, TResponse>(request, version, cancel).ConfigureAwait(false);
        }
        finally
        {
            _one.Release();
        }
    }
}

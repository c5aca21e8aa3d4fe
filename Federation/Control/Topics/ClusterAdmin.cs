using Federation.Core.Homes;
using Hosting;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Federation.Control.Topics;

/// <summary>A topic as a cluster has it.</summary>
/// <param name="Id">The cluster's id for it.</param>
public sealed record ClusterTopic(Guid Id, int Partitions);

/// <summary>
/// A region's cluster, as its administrator sees it: makes and removes topics by the Kafka protocol. Connects when needed, one call at a time.
/// A call that is not answered in time closes the connection and throws <see cref="IOException"/>.
/// </summary>
/// <param name="host">A broker of the cluster; any broker takes these calls.</param>
/// <param name="clock">What the time limit of a call is measured by.</param>
public sealed class ClusterAdmin(string host, int port, Clock clock) : IAsyncDisposable
{
    // The cluster gives up before it is given up: what it answers then says more than silence.
    private const int TimeoutMs = 20_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly SemaphoreSlim _one = new(1, 1);
    private FrameClient? _client;

    /// <summary>Makes a topic, or only asks whether it could be made. Throws <see cref="IOException"/> or <see cref="System.Net.Sockets.SocketException"/> when the cluster is out of reach.</summary>
    /// <returns>None and the new topic's id, or why not, with the cluster's text in the cluster's names.</returns>
    public async Task<(ErrorCode Error, string? Message, Guid Id)> CreateAsync(FederatedTopic topic, bool validateOnly, CancellationToken cancel)
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
        return ((ErrorCode)result.ErrorCode, result.ErrorMessage, result.TopicId);
    }

    /// <summary>Removes the topic with this id, whatever others have its name. UNKNOWN_TOPIC_ID when it is not there.</summary>
    public async Task<(ErrorCode Error, string? Message)> DeleteAsync(Guid id, CancellationToken cancel)
    {
        var request = new DeleteTopicsRequest { TimeoutMs = TimeoutMs, Topics = [new() { TopicId = id }] };
        using var reply = await CallAsync<DeleteTopicsRequest, DeleteTopicsResponse>(request, DeleteTopicsVersion, cancel).ConfigureAwait(false);
        var result = reply.Message.Responses[0];
        return ((ErrorCode)result.ErrorCode, result.ErrorMessage);
    }

    /// <summary>The topic; null and an error when the cluster does not know it (UNKNOWN_TOPIC_OR_PARTITION), or cannot say.</summary>
    public async Task<(ErrorCode Error, ClusterTopic? Topic)> FindAsync(string clusterName, CancellationToken cancel)
    {
        var request = new MetadataRequest { Topics = [new() { Name = clusterName }], AllowAutoTopicCreation = false };
        using var reply = await CallAsync<MetadataRequest, MetadataResponse>(request, MetadataVersion, cancel).ConfigureAwait(false);
        var topic = reply.Message.Topics[0];
        return ((ErrorCode)topic.ErrorCode, topic.ErrorCode == (short)ErrorCode.None ? new(topic.TopicId, topic.Partitions.Count) : null);
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
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
            using var late = new CancellationTokenSource(Limit, clock.Provider);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
            try
            {
                if (_client is not { IsOpen: true })
                {
                    await CloseAsync().ConfigureAwait(false);
                    _client = await FrameClient.ConnectAsync(host, port, "federation-control", both.Token).ConfigureAwait(false);
                }

                return await _client.CallAsync<TRequest, TResponse>(request, version, both.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException e) when (late.IsCancellationRequested && !cancel.IsCancellationRequested)
            {
                // Whatever comes behind a call that was not answered waits for it: the next call needs another connection.
                await CloseAsync().ConfigureAwait(false);
                throw new IOException($"{host}:{port} did not answer within {Limit.TotalSeconds:0} s", e);
            }
        }
        finally
        {
            _one.Release();
        }
    }

    private async ValueTask CloseAsync()
    {
        if (_client is { } client)
        {
            _client = null;
            await client.DisposeAsync().ConfigureAwait(false);
        }
    }
}

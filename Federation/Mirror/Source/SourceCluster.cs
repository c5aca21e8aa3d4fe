using System.Collections.Immutable;
using Federation.Core.Mirroring;
using Federation.Mirror.Kafka;
using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Federation.Mirror.Source;

/// <summary>
/// The source region's cluster as one stream sees it, by the Kafka protocol alone, so that it may be ours or Apache Kafka: topics and leaders by Metadata,
/// settings by DescribeConfigs, records by Fetch. Owned by a <see cref="SourceLoop"/>. Fetches have connections of their own, because a broker answers in
/// order and a long poll would hold up everything behind it.
/// </summary>
internal sealed class SourceCluster(string host, int port, string clientId, TimeSpan maxWait, int maxPartitionBytes) : IAsyncDisposable
{
    // The first with topic ids in answers.
    private const short MinMetadataVersion = 10;

    // DescribeConfigs: what was set for the topic itself.
    private const sbyte DynamicTopicConfig = 1;
    private const sbyte TopicResource = 2;

    private readonly Lock _gate = new();
    private readonly ClusterConnection _bootstrap = new(host, port, clientId);
    private readonly Dictionary<int, (string Host, int Port)> _addresses = [];
    private readonly Dictionary<int, ClusterConnection> _queries = [];
    private readonly Dictionary<int, BrokerFetches> _fetches = [];
    private int _turn;

    /// <summary>Asks what the cluster knows of topics. Never throws; the input says what went wrong.</summary>
    public async Task<SourceInput> ResolveAsync(SourceEffect.ResolveTopics ask)
    {
        try
        {
            var request = new MetadataRequest
            {
                Topics = [.. ask.Topics.Select(t => new MetadataRequest.MetadataRequestTopic { Name = t })],
                AllowAutoTopicCreation = false,
            };
            using var reply = await AnyBroker().CallAsync<MetadataRequest, MetadataResponse>(request, MinMetadataVersion).ConfigureAwait(false);
            lock (_gate)
            {
                foreach (var broker in reply.Message.Brokers)
                {
                    _addresses[broker.NodeId] = (broker.Host, broker.Port);
                }
            }

            var configs = await DescribeAsync(reply.Message.Topics.Where(t => t.ErrorCode == 0).Select(t => t.Name!)).ConfigureAwait(false);
            return new SourceInput.TopicsResolved(ask.Attempt, [.. reply.Message.Topics.Where(t => t.Name is not null).Select(t => Read(t, configs))], null);
        }
        catch (Exception e) when (IsOfTheNetwork(e))
        {
            AskAnother();
            return new SourceInput.TopicsResolved(ask.Attempt, null, e.Message);
        }
    }

    /// <summary>Fetches from one broker. Never throws; the input says what went wrong.</summary>
    public Task<SourceInput> FetchAsync(SourceEffect.Fetch fetch)
    {
        BrokerFetches? fetches = null;
        lock (_gate)
        {
            if (_addresses.TryGetValue(fetch.Broker, out var address))
            {
                if (_fetches.TryGetValue(fetch.Broker, out fetches) && fetches.Address != address)
                {
                    _ = fetches.DisposeAsync().AsTask();
                    _fetches.Remove(fetch.Broker);
                    return Task.FromResult<SourceInput>(
                        new SourceInput.FetchFailed(fetch.Broker, fetch.Attempt, IsSessionLost: false, "it has another address now"));
                }

                if (fetches is null)
                {
                    _fetches[fetch.Broker] = fetches = new(address.Host, address.Port, clientId, maxWait, maxPartitionBytes);
                }
            }
        }

        return fetches is not null
            ? fetches.FetchAsync(fetch)
            : Task.FromResult<SourceInput>(new SourceInput.FetchFailed(fetch.Broker, fetch.Attempt, IsSessionLost: false, "its address is unknown"));
    }

    /// <summary>Asks a leader where a log begins and ends. Never throws; offsets are -1 when it did not say.</summary>
    public async Task<SourceInput> FindBoundsAsync(SourceEffect.FindBounds ask)
    {
        try
        {
            var connection = QueriesOf(ask.Broker) ?? throw new IOException("its address is unknown");
            var start = await OffsetAsync(connection, ask, timestamp: -2).ConfigureAwait(false);
            var end = await OffsetAsync(connection, ask, timestamp: -1).ConfigureAwait(false);
            return new SourceInput.BoundsFound(ask.TopicId, ask.Partition, start, end);
        }
        catch (Exception e) when (IsOfTheNetwork(e))
        {
            return new SourceInput.BoundsFound(ask.TopicId, ask.Partition, -1, -1);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _bootstrap.DisposeAsync().ConfigureAwait(false);
        foreach (var connection in _queries.Values)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }

        foreach (var fetches in _fetches.Values)
        {
            await fetches.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>What a call to a broker may fail with, rather than a mistake of ours.</summary>
    internal static bool IsOfTheNetwork(Exception e) =>
        e is IOException or System.Net.Sockets.SocketException or TimeoutException or Protocol.Wire.Codec.WireFormatException or NotSupportedException or OperationCanceledException
            or ObjectDisposedException;

    private static async Task<long> OffsetAsync(ClusterConnection connection, SourceEffect.FindBounds ask, long timestamp)
    {
        var request = new ListOffsetsRequest
        {
            ReplicaId = -1,
            TimeoutMs = (int)ClusterConnection.AnswerLimit.TotalMilliseconds,
            Topics =
            [
                new()
                {
                    Name = ask.Topic,
                    Partitions = [new() { PartitionIndex = ask.Partition, Timestamp = timestamp }],
                },
            ],
        };
        using var reply = await connection.CallAsync<ListOffsetsRequest, ListOffsetsResponse>(request).ConfigureAwait(false);
        var partition = reply.Message.Topics.SelectMany(t => t.Partitions).FirstOrDefault(p => p.PartitionIndex == ask.Partition);
        return partition is { ErrorCode: 0 } ? partition.Offset : -1;
    }

    private static ResolvedTopic Read(MetadataResponse.MetadataResponseTopic topic, Dictionary<string, ImmutableSortedDictionary<string, string>> configs)
    {
        var leaders = new int[topic.Partitions.Count];
        Array.Fill(leaders, -1);
        foreach (var partition in topic.Partitions)
        {
            if ((uint)partition.PartitionIndex < (uint)leaders.Length)
            {
                leaders[partition.PartitionIndex] = partition.LeaderId;
            }
        }

        return new(topic.Name!, (ErrorCode)topic.ErrorCode, topic.TopicId, [.. leaders], configs.GetValueOrDefault(topic.Name!));
    }

    private async Task<Dictionary<string, ImmutableSortedDictionary<string, string>>> DescribeAsync(IEnumerable<string> topics)
    {
        var request = new DescribeConfigsRequest
        {
            Resources = [.. topics.Select(t => new DescribeConfigsRequest.DescribeConfigsResource { ResourceType = TopicResource, ResourceName = t, ConfigurationKeys = null })],
        };
        if (request.Resources.Count == 0)
        {
            return [];
        }

        using var reply = await AnyBroker().CallAsync<DescribeConfigsRequest, DescribeConfigsResponse>(request).ConfigureAwait(false);
        return reply.Message.Results.Where(r => r.ErrorCode == 0).ToDictionary(
            r => r.ResourceName,
            r => r.Configs.Where(c => c is { ConfigSource: DynamicTopicConfig, Value: not null, IsSensitive: false }).ToImmutableSortedDictionary(c => c.Name, c => c.Value!, StringComparer.Ordinal),
            StringComparer.Ordinal);
    }

    // The broker that answered last; after a failure the next one, the bootstrap address among them.
    private ClusterConnection AnyBroker()
    {
        lock (_gate)
        {
            var turn = _turn % (_addresses.Count + 1);
            return turn == 0 ? _bootstrap : QueriesOf(_addresses.Keys.Order().ElementAt(turn - 1))!;
        }
    }

    private void AskAnother()
    {
        lock (_gate)
        {
            _turn = (_turn + 1) % (_addresses.Count + 1);
        }
    }

    private ClusterConnection? QueriesOf(int broker)
    {
        lock (_gate)
        {
            if (!_addresses.TryGetValue(broker, out var address))
            {
                return null;
            }

            if (!_queries.TryGetValue(broker, out var connection) || connection.Address != address)
            {
                _ = connection?.DisposeAsync().AsTask();
                _queries[broker] = connection = new(address.Host, address.Port, clientId);
            }

            return connection;
        }
    }
}

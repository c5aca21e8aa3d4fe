using System.Collections.Immutable;
using Federation.Core.Mirroring;
using Federation.Mirror.Kafka;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Federation.Mirror.Source;

/// <summary>
/// Fetches of one stream from one broker: one connection, one incremental session (KIP-227), at most one fetch under way: another one
/// abandons it, with its connection. The answers' memory is lent to
/// the payloads and given back when the last of them is.
/// </summary>
internal sealed class BrokerFetches(string host, int port, string clientId, TimeSpan maxWait, int maxPartitionBytes) : IAsyncDisposable
{
    // The first by topic id: a topic made again under the name is never taken for the old one.
    private const short MinVersion = 13;

    private readonly Lock _gate = new();
    private ClusterConnection _connection = new(host, port, clientId);
    private bool _isUnderWay;
    private int _sessionId;
    private int _sessionEpoch;

    public (string Host, int Port) Address => (host, port);

    /// <summary>Sends a fetch and takes the answer apart. Never throws; the input says what went wrong.</summary>
    public async Task<SourceInput> FetchAsync(SourceEffect.Fetch fetch)
    {
        ClusterConnection connection;
        FetchRequest request;
        lock (_gate)
        {
            if (_isUnderWay)
            {
                Renew();
            }
            else if (_connection.HasEnded)
            {
                // Without credits no fetch was under way that could have failed: that the broker went and came must not stay unsaid.
                Renew();
                _sessionId = 0;
                return new SourceInput.FetchFailed(fetch.Broker, fetch.Attempt, IsSessionLost: false, "the connection ended while nothing was fetched");
            }

            _isUnderWay = true;
            connection = _connection;
            request = MakeRequest(fetch);
        }

        try
        {
            var reply = await connection.CallAsync<FetchRequest, FetchResponse>(request, MinVersion).ConfigureAwait(false);
            EndCall(connection, reply.Message.ErrorCode == 0 ? reply.Message.SessionId : 0);
            return Read(fetch, reply);
        }
        catch (Exception e) when (SourceCluster.IsOfTheNetwork(e))
        {
            EndCall(connection, sessionId: 0, isBroken: true);
            return new SourceInput.FetchFailed(fetch.Broker, fetch.Attempt, IsSessionLost: false, e.Message);
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private void Renew()
    {
        _ = _connection.DisposeAsync().AsTask();
        _connection = new(host, port, clientId);
    }

    private FetchRequest MakeRequest(SourceEffect.Fetch fetch)
    {
        // Epoch 0 with an id replaces that session, so that a broker never keeps one that nobody uses.
        _sessionEpoch = fetch.IsNewSession ? 0 : _sessionEpoch == int.MaxValue ? 1 : _sessionEpoch + 1;
        var request = new FetchRequest
        {
            MaxWaitMs = (int)maxWait.TotalMilliseconds,
            MinBytes = 1,
            MaxBytes = fetch.MaxBytes,
            IsolationLevel = 0,
            SessionId = _sessionId,
            SessionEpoch = _sessionEpoch,
        };
        foreach (var topic in fetch.Set.GroupBy(p => p.TopicId))
        {
            request.Topics.Add(new()
            {
                TopicId = topic.Key,
                Partitions = [.. topic.Select(p => new FetchRequest.FetchTopic.FetchPartition { Partition = p.Partition, FetchOffset = p.Offset, PartitionMaxBytes = maxPartitionBytes })],
            });
        }

        foreach (var topic in fetch.Forget.GroupBy(p => p.TopicId))
        {
            request.ForgottenTopicsData.Add(new() { TopicId = topic.Key, Partitions = [.. topic.Select(p => p.Partition)] });
        }

        return request;
    }

    // The end of an abandoned fetch says nothing of the session that has replaced its own.
    private void EndCall(ClusterConnection connection, int sessionId, bool isBroken = false)
    {
        lock (_gate)
        {
            if (connection == _connection)
            {
                _sessionId = sessionId;
                _isUnderWay = false;
                if (isBroken)
                {
                    Renew();
                }
            }
        }
    }

    private static SourceInput Read(SourceEffect.Fetch fetch, FrameReply<FetchResponse> reply)
    {
        var response = reply.Message;
        if (response.ErrorCode != 0)
        {
            reply.Dispose();
            return new SourceInput.FetchFailed(fetch.Broker, fetch.Attempt, IsSessionLost: true, ((ErrorCode)response.ErrorCode).ToString());
        }

        var holders = 0;
        foreach (var topic in response.Responses)
        {
            foreach (var partition in topic.Partitions)
            {
                holders += partition.Records.LengthBytes > 0 ? 1 : 0;
            }
        }

        var shared = holders == 0 ? null : new SharedReply(reply, holders);
        var found = ImmutableArray.CreateBuilder<FetchedPartition>();
        foreach (var topic in response.Responses)
        {
            foreach (var partition in topic.Partitions)
            {
                found.Add(new(
                    topic.TopicId, partition.PartitionIndex, (ErrorCode)partition.ErrorCode, partition.HighWatermark, partition.LogStartOffset,
                    partition.Records.LengthBytes > 0 ? Payload(partition.Records.Memory, shared!) : null));
            }
        }

        if (shared is null)
        {
            reply.Dispose();
        }

        return new SourceInput.Fetched(
            fetch.Broker, fetch.Attempt, TimeSpan.FromMilliseconds(response.ThrottleTimeMs), IsSessionKept: response.SessionId != 0, found.DrainToImmutable());
    }

    private static BatchPayload Payload(ReadOnlyMemory<byte> records, SharedReply owner)
    {
        var range = BatchRange.Read(records.Span);
        return new(records[..range.WholeBytes], range, owner);
    }
}

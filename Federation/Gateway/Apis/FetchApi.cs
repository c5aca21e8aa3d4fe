using Federation.Core.Connections;
using Federation.Core.Tenancy;
using Federation.Gateway.Connections;
using Kernel;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Messages;
using Topic = Protocol.Wire.Messages.FetchRequest.FetchTopic;
using TopicAnswer = Protocol.Wire.Messages.FetchResponse.FetchableTopicResponse;

namespace Federation.Gateway.Apis;

/// <summary>
/// Fetch: batches pass unopened, as slices of the brokers' frames. Behind one broker the request passes whole and with its session; behind
/// several it is gathered (<see cref="FetchGather"/>) and has none.
/// </summary>
internal sealed class FetchApi : LeaderApi<FetchRequest, FetchResponse, Topic, Topic.FetchPartition, TopicAnswer>
{
    protected override ValueTask<Answer> ServeAsync(GatewayRequest r, FetchRequest request)
    {
        var isSingle = r.Cluster.Routes.IsSingle;
        switch (r.Tenant.DecideSession(request.SessionId, request.SessionEpoch, isSingle))
        {
            case FetchSessionVerdict.NotFound:
                return new(r.Write(new FetchResponse { ErrorCode = (short)ErrorCode.FetchSessionIdNotFound }));
            case FetchSessionVerdict.Forget:
                request.SessionId = 0;
                break;
            case FetchSessionVerdict.Sessionless:
                request.SessionId = 0;
                request.SessionEpoch = -1;
                break;
        }

        // With its rack the client could be sent to a follower, which it would look for behind the same virtual broker.
        request.RackId = "";
        r.ToCluster(request);
        return isSingle ? ServeWholeAsync(r, request) : ServePartsAsync(r, request);
    }

    protected override List<Topic> Topics(FetchRequest request) => request.Topics;

    protected override FetchRequest With(FetchRequest request, List<Topic> topics) => new()
    {
        ClusterId = request.ClusterId,
        ReplicaId = request.ReplicaId,
        ReplicaState = request.ReplicaState,
        MaxWaitMs = request.MaxWaitMs,
        MinBytes = request.MinBytes,
        MaxBytes = request.MaxBytes,
        IsolationLevel = request.IsolationLevel,
        SessionId = request.SessionId,
        SessionEpoch = request.SessionEpoch,
        Topics = topics,
        RackId = request.RackId,
    };

    protected override string Name(Topic topic) => topic.Topic;

    protected override Guid Id(Topic topic) => topic.TopicId;

    protected override List<Topic.FetchPartition> Partitions(Topic topic) => topic.Partitions;

    protected override Topic With(Topic topic, List<Topic.FetchPartition> partitions) =>
        new() { Topic = topic.Topic, TopicId = topic.TopicId, Partitions = partitions };

    protected override int Index(Topic.FetchPartition partition) => partition.Partition;

    protected override List<TopicAnswer> Answers(FetchResponse response) => response.Responses;

    protected override TopicAnswer Refused(Topic topic, ErrorCode error) => new()
    {
        Topic = topic.Topic,
        TopicId = topic.TopicId,
        Partitions = topic.Partitions.ConvertAll(
            p => new TopicAnswer.PartitionData { PartitionIndex = p.Partition, ErrorCode = (short)error, HighWatermark = -1, Records = WireRecords.Empty }),
    };

    protected override void Merge(FetchResponse into, FetchResponse part)
    {
        into.ThrottleTimeMs = Throttle(into.ThrottleTimeMs, part.ThrottleTimeMs);
        into.NodeEndpoints.AddRange(part.NodeEndpoints);
        if (into.ErrorCode == 0)
        {
            into.ErrorCode = part.ErrorCode;
        }
    }

    protected override void Clean(FetchResponse response) => AnswerFilter.Endpoints(response);

    private async ValueTask<Answer> ServeWholeAsync(GatewayRequest r, FetchRequest request)
    {
        var reply = r.Connection.AnyBroker() is { } broker
            ? await r.AskAsync<FetchResponse>(broker, request, Math.Clamp(request.MaxBytes, 0, Limits.MaxFetchBytes)).ConfigureAwait(false) : null;
        try
        {
            var response = reply?.Message ?? Unreached(request);
            r.Tenant.SessionOpened(response.SessionId);
            Clean(response);
            r.ToTenant(response);
        }
        catch
        {
            reply?.Dispose();
            throw;
        }

        return reply is null ? r.Write(Unreached(request)) : r.Write(reply.Message, reply);
    }

    private async ValueTask<Answer> ServePartsAsync(GatewayRequest r, FetchRequest request)
    {
        var parts = Split(r, request).ConvertAll(part => (part.Broker, Share(part.Request)));
        var gathered = await new FetchGather(r, parts, Unreached).RunAsync().ConfigureAwait(false);
        var merged = new FetchResponse();
        foreach (var (response, _) in gathered)
        {
            Answers(merged).AddRange(Answers(response));
            Merge(merged, response);
        }

        Clean(merged);
        r.ToTenant(merged);
        return r.Write(merged, [.. gathered.Select(part => part.Reply).OfType<IDisposable>()]);

        FetchRequest Share(FetchRequest part)
        {
            // Each broker gives its share; a broker still gives one whole batch, whatever the limit. Shares of all brokers fit into what a
            // connection may hold, or one that waits for data would hold up the others.
            var brokers = Math.Max(1, r.Cluster.Routes.Brokers.Count);
            part.MaxBytes = Math.Min(request.MaxBytes, Limits.MaxHeldAnswerBytes) / brokers;
            part.MinBytes = request.MinBytes <= 0 ? request.MinBytes : Math.Max(1, request.MinBytes / brokers);
            return part;
        }
    }
}

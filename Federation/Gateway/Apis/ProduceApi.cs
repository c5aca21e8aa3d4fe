using Federation.Core.Tenancy;
using Federation.Gateway.Connections;
using Federation.Gateway.Upstream;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Messages;
using Topic = Protocol.Wire.Messages.ProduceRequest.TopicProduceData;
using TopicAnswer = Protocol.Wire.Messages.ProduceResponse.TopicProduceResponse;

namespace Federation.Gateway.Apis;

/// <summary>
/// Produce: batches pass unopened to the leaders, as slices of the client's frame. Of a client connection, all requests to one broker go
/// over one connection in their order, which is what idempotent producers with several requests under way need.
/// </summary>
internal sealed class ProduceApi : LeaderApi<ProduceRequest, ProduceResponse, Topic, Topic.PartitionProduceData, TopicAnswer>
{
    protected override ErrorCode InternalTopicError => ErrorCode.InvalidTopicException;

    protected override ValueTask<Answer> ServeAsync(GatewayRequest r, ProduceRequest request) =>
        request.Acks == 0 ? ServeUnansweredAsync(r, request) : base.ServeAsync(r, request);

    protected override List<Topic> Topics(ProduceRequest request) => request.TopicData;

    protected override ProduceRequest With(ProduceRequest request, List<Topic> topics) =>
        new() { TransactionalId = request.TransactionalId, Acks = request.Acks, TimeoutMs = request.TimeoutMs, TopicData = topics };

    protected override string Name(Topic topic) => topic.Name;

    protected override Guid Id(Topic topic) => topic.TopicId;

    protected override List<Topic.PartitionProduceData> Partitions(Topic topic) => topic.PartitionData;

    protected override Topic With(Topic topic, List<Topic.PartitionProduceData> partitions) =>
        new() { Name = topic.Name, TopicId = topic.TopicId, PartitionData = partitions };

    protected override int Index(Topic.PartitionProduceData partition) => partition.Index;

    protected override List<TopicAnswer> Answers(ProduceResponse response) => response.Responses;

    protected override TopicAnswer Refused(Topic topic, ErrorCode error) => new()
    {
        Name = topic.Name,
        TopicId = topic.TopicId,
        PartitionResponses = topic.PartitionData.ConvertAll(
            p => new TopicAnswer.PartitionProduceResponse { Index = p.Index, ErrorCode = (short)error, BaseOffset = -1 }),
    };

    protected override void Merge(ProduceResponse into, ProduceResponse part)
    {
        into.ThrottleTimeMs = Throttle(into.ThrottleTimeMs, part.ThrottleTimeMs);
        into.NodeEndpoints.AddRange(part.NodeEndpoints);
    }

    protected override void Clean(ProduceResponse response) => AnswerFilter.Endpoints(response);

    // acks=0: Kafka answers nothing and closes the connection on an error. The broker does so upstream, which is seen by an empty request
    // behind this one; without it, a client that outruns the broker would also fill the gateway's memory.
    private async ValueTask<Answer> ServeUnansweredAsync(GatewayRequest r, ProduceRequest request)
    {
        if (TakeInternal(request) is not null)
        {
            return Answer.Close;
        }

        r.ToCluster(request);
        List<(UpstreamBroker? Broker, ProduceRequest Request)> parts = r.Cluster.Routes.IsSingle ? [(r.Connection.AnyBroker(), request)] : Split(r, request);
        var told = parts.ConvertAll(part => part.Broker is null ? Task.FromResult(false) : r.TellAsync(part.Broker, part.Request).AsTask());
        var taken = await Task.WhenAll(told).ConfigureAwait(false);
        return taken.Contains(false) ? Answer.Close : Answer.None;
    }
}

using Federation.Gateway.Connections;
using Protocol.Wire;
using Protocol.Wire.Messages;
using CommitAnswer = Protocol.Wire.Messages.OffsetCommitResponse.OffsetCommitResponseTopic;
using FetchAnswer = Protocol.Wire.Messages.OffsetFetchResponse.OffsetFetchResponseGroup;
using FetchTopicAnswer = Protocol.Wire.Messages.OffsetFetchResponse.OffsetFetchResponseTopic;
using FetchGroup = Protocol.Wire.Messages.OffsetFetchRequest.OffsetFetchRequestGroup;

namespace Federation.Gateway.Apis;

/// <summary>OffsetCommit.</summary>
internal sealed class OffsetCommitApi : CoordinatorApi<OffsetCommitRequest, OffsetCommitResponse>
{
    protected override string CoordinatorKey(OffsetCommitRequest request) => request.GroupId;

    protected override OffsetCommitResponse Refused(GatewayRequest r, OffsetCommitRequest request, ErrorCode error) => new()
    {
        Topics = request.Topics.ConvertAll(topic => new CommitAnswer
        {
            Name = topic.Name,
            TopicId = topic.TopicId,
            Partitions = topic.Partitions.ConvertAll(
                p => new CommitAnswer.OffsetCommitResponsePartition { PartitionIndex = p.PartitionIndex, ErrorCode = (short)error }),
        }),
    };
}

/// <summary>OffsetDelete.</summary>
internal sealed class OffsetDeleteApi : CoordinatorApi<OffsetDeleteRequest, OffsetDeleteResponse>
{
    protected override string CoordinatorKey(OffsetDeleteRequest request) => request.GroupId;

    protected override OffsetDeleteResponse Refused(GatewayRequest r, OffsetDeleteRequest request, ErrorCode error) => new() { ErrorCode = (short)error };
}

/// <summary>OffsetFetch: of one group up to version 7, of many from version 8, each asked of its coordinator.</summary>
internal sealed class OffsetFetchApi : GroupsApi<OffsetFetchRequest, OffsetFetchResponse, FetchGroup, FetchAnswer>
{
    protected override List<FetchGroup> Groups(GatewayRequest r, OffsetFetchRequest request) =>
        r.Version >= 8 ? request.Groups : [new() { GroupId = request.GroupId }];

    protected override string GroupId(FetchGroup group) => group.GroupId;

    protected override OffsetFetchRequest With(OffsetFetchRequest request, List<FetchGroup> groups) =>
        new() { GroupId = request.GroupId, Topics = request.Topics, Groups = groups, RequireStable = request.RequireStable };

    protected override List<FetchAnswer> Answers(OffsetFetchResponse response) => response.Groups;

    protected override FetchAnswer Refused(FetchGroup group, ErrorCode error) => new() { GroupId = group.GroupId, ErrorCode = (short)error };

    protected override void Refuse(GatewayRequest r, OffsetFetchRequest request, OffsetFetchResponse response, ErrorCode error)
    {
        if (r.Version >= 2)
        {
            response.ErrorCode = (short)error;
            return;
        }

        // Version 1 has the error with every partition only.
        response.Topics = (request.Topics ?? []).ConvertAll(topic => new FetchTopicAnswer
        {
            Name = topic.Name,
            Partitions = topic.PartitionIndexes.ConvertAll(
                index => new FetchTopicAnswer.OffsetFetchResponsePartition { PartitionIndex = index, CommittedOffset = -1, ErrorCode = (short)error }),
        });
    }

    protected override void Clean(GatewayRequest r, OffsetFetchResponse response) => r.Tenant.Filter.Offsets(response);

    protected override void Merge(OffsetFetchResponse into, OffsetFetchResponse part) => into.ThrottleTimeMs = Throttle(into.ThrottleTimeMs, part.ThrottleTimeMs);
}

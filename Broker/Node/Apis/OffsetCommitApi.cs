using Broker.Core.Groups;
using Broker.Core.Metadata;
using Broker.Node.Groups;
using Protocol.Wire;
using Protocol.Wire.Messages;
using ResponsePartition = Protocol.Wire.Messages.OffsetCommitResponse.OffsetCommitResponseTopic.OffsetCommitResponsePartition;

namespace Broker.Node.Apis;

/// <summary>OffsetCommit: positions of known partitions go to the group; the others are refused one by one. By topic id from version 10.</summary>
internal sealed class OffsetCommitApi(GroupCoordinator coordinator) : Api<OffsetCommitRequest, OffsetCommitResponse>
{
    private const short FirstWithGroupIdNotFound = 9;
    private const short FirstWithTopicIds = 10;

    protected override ValueTask<OffsetCommitResponse?> HandleAsync(RequestContext context, OffsetCommitRequest request)
    {
        var response = new OffsetCommitResponse();
        var offsets = new List<OffsetToCommit>();
        var accepted = new List<ResponsePartition>();
        foreach (var topic in request.Topics)
        {
            if (topic.Partitions.Count > 0)
            {
                response.Topics.Add(Sort(context.Version, topic, offsets, accepted));
            }
        }

        if (offsets.Count == 0)
        {
            return new(response);
        }

        if (!GroupStrings.Fits(request.GroupId))
        {
            Fill(accepted, ErrorCode.InvalidGroupId);
            return new(response);
        }

        var number = coordinator.NextRequest();
        var input = new GroupInput.CommitOffsets(
            number,
            request.GroupId,
            request.MemberId,
            request.GroupInstanceId,
            request.GenerationIdOrMemberEpoch,
            request.RetentionTimeMs,
            offsets);
        var pending = coordinator.SubmitAsync(request.GroupId, input, number);
        return pending.IsCompletedSuccessfully ? new(Respond(pending.Result)) : AwaitAsync(pending);

        async ValueTask<OffsetCommitResponse?> AwaitAsync(ValueTask<GroupReply> reply) => Respond(await reply.ConfigureAwait(false));

        OffsetCommitResponse Respond(GroupReply reply)
        {
            if (reply is GroupReply.Offsets { Error: ErrorCode.None } committed)
            {
                for (var i = 0; i < accepted.Count; i++)
                {
                    accepted[i].ErrorCode = (short)committed.Partitions[i];
                }
            }
            else
            {
                // Before KIP-848 a group that nobody knows was one of another generation.
                var error = reply.Error == ErrorCode.GroupIdNotFound && context.Version < FirstWithGroupIdNotFound
                    ? ErrorCode.IllegalGeneration
                    : reply.Error;
                Fill(accepted, error);
            }

            return response;
        }
    }

    private OffsetCommitResponse.OffsetCommitResponseTopic Sort(
        short version,
        OffsetCommitRequest.OffsetCommitRequestTopic asked,
        List<OffsetToCommit> offsets,
        List<ResponsePartition> accepted)
    {
        var image = coordinator.Metadata;
        var byId = version >= FirstWithTopicIds;
        TopicImage? topic = byId ? image.Find(asked.TopicId) : image.Find(asked.Name);
        var answer = new OffsetCommitResponse.OffsetCommitResponseTopic
        {
            Name = asked.Name,
            TopicId = asked.TopicId,
            Partitions = new(asked.Partitions.Count),
        };
        foreach (var partition in asked.Partitions)
        {
            var result = new ResponsePartition { PartitionIndex = partition.PartitionIndex };
            answer.Partitions.Add(result);
            if (topic is null)
            {
                result.ErrorCode = (short)(byId ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition);
            }
            else if ((uint)partition.PartitionIndex >= (uint)topic.PartitionCount)
            {
                result.ErrorCode = (short)ErrorCode.UnknownTopicOrPartition;
            }
            else
            {
                accepted.Add(result);
                offsets.Add(new OffsetToCommit(
                    topic.Name, topic.Id, partition.PartitionIndex, partition.CommittedOffset, partition.CommittedLeaderEpoch, partition.CommittedMetadata));
            }
        }

        return answer;
    }

    private static void Fill(List<ResponsePartition> partitions, ErrorCode error)
    {
        foreach (var partition in partitions)
        {
            partition.ErrorCode = (short)error;
        }
    }
}

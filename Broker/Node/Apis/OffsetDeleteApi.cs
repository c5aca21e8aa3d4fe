using Broker.Core.Groups;
using Broker.Node.Groups;
using Protocol.Wire;
using Protocol.Wire.Messages;
using ResponsePartition = Protocol.Wire.Messages.OffsetDeleteResponse.OffsetDeleteResponseTopic.OffsetDeleteResponsePartition;

namespace Broker.Node.Apis;

/// <summary>OffsetDelete (KIP-496): removes positions, except of topics that the group is subscribed to.</summary>
internal sealed class OffsetDeleteApi(GroupCoordinator coordinator) : Api<OffsetDeleteRequest, OffsetDeleteResponse>
{
    protected override ValueTask<OffsetDeleteResponse?> HandleAsync(RequestContext context, OffsetDeleteRequest request)
    {
        var response = new OffsetDeleteResponse();
        var keys = new List<OffsetKey>();
        var accepted = new List<ResponsePartition>();
        var image = coordinator.Metadata;
        foreach (var topic in request.Topics)
        {
            var answer = new OffsetDeleteResponse.OffsetDeleteResponseTopic { Name = topic.Name };
            var partitionCount = image.Find(topic.Name)?.PartitionCount ?? 0;
            foreach (var partition in topic.Partitions)
            {
                var result = new ResponsePartition { PartitionIndex = partition.PartitionIndex };
                answer.Partitions.Add(result);
                if ((uint)partition.PartitionIndex >= (uint)partitionCount)
                {
                    result.ErrorCode = (short)ErrorCode.UnknownTopicOrPartition;
                }
                else
                {
                    accepted.Add(result);
                    keys.Add(new OffsetKey(topic.Name, partition.PartitionIndex));
                }
            }

            response.Topics.Add(answer);
        }

        var number = coordinator.NextRequest();
        var pending = coordinator.SubmitAsync(request.GroupId, new GroupInput.DeleteOffsets(number, request.GroupId, keys), number);
        return pending.IsCompletedSuccessfully ? new(Respond(pending.Result)) : AwaitAsync(pending);

        async ValueTask<OffsetDeleteResponse?> AwaitAsync(ValueTask<GroupReply> reply) => Respond(await reply.ConfigureAwait(false));

        OffsetDeleteResponse Respond(GroupReply reply)
        {
            if (reply is not GroupReply.Offsets { Error: ErrorCode.None } deleted)
            {
                return new OffsetDeleteResponse { ErrorCode = (short)reply.Error };
            }

            for (var i = 0; i < accepted.Count; i++)
            {
                accepted[i].ErrorCode = (short)deleted.Partitions[i];
            }

            return response;
        }
    }
}

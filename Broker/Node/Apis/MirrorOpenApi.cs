using Broker.Core.Metadata;
using Broker.Node.Metadata;
using Broker.Node.Partitions;
using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Broker.Node.Apis;

/// <summary>Private: makes or finds the copy of another region's topic, fences older links, and tells where each partition's copy ends.</summary>
internal sealed class MirrorOpenApi(MetadataStore metadata, PartitionTable partitions) : Api<MirrorOpenRequest, MirrorOpenResponse>
{
    protected override async ValueTask<MirrorOpenResponse?> HandleAsync(RequestContext context, MirrorOpenRequest request)
    {
        ClusterReply.MirrorOpened reply;
        try
        {
            reply = (ClusterReply.MirrorOpened)await metadata.ExecuteAsync(new ClusterCommand.OpenMirror(
                request.TopicId,
                request.Name,
                request.PartitionCount,
                request.SourceRegion,
                request.FencingEpoch,
                request.Configs.ConvertAll(c => new KeyValuePair<string, string?>(c.Name, c.Value)))).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            return Refused(ErrorCode.KafkaStorageError, e.Message);
        }

        if (reply.Topic is not { } topic)
        {
            return Refused(reply.Error, reply.Message);
        }

        if (partitions.FindTopic(topic.Id) is not { } open || open.Partitions.Count < topic.PartitionCount)
        {
            return Refused(ErrorCode.KafkaStorageError, $"The logs of topic {topic.Name} are not open.");
        }

        return new MirrorOpenResponse
        {
            Partitions = [.. open.Partitions.Select(p => new MirrorOpenResponse.PartitionState
            {
                Index = p.Index,
                LogStartOffset = p.LogStartOffset,
                LogEndOffset = p.HighWatermark,
            })],
        };
    }

    private static MirrorOpenResponse Refused(ErrorCode error, string? message) => new() { ErrorCode = (short)error, ErrorMessage = message };
}

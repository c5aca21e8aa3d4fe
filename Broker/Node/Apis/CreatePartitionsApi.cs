using Broker.Core.Metadata;
using Broker.Node.Metadata;
using Protocol.Wire.Messages;

namespace Broker.Node.Apis;

/// <summary>Adds partitions to topics (KIP-195).</summary>
internal sealed class CreatePartitionsApi(MetadataStore metadata) : Api<CreatePartitionsRequest, CreatePartitionsResponse>
{
    protected override async ValueTask<CreatePartitionsResponse?> HandleAsync(RequestContext context, CreatePartitionsRequest request)
    {
        var topics = request.Topics.ConvertAll(t => new MorePartitions(t.Name, t.Count, t.Assignments?.ConvertAll(a => (IReadOnlyList<int>)a.BrokerIds)));
        var command = new ClusterCommand.CreatePartitions(topics, request.ValidateOnly);
        var reply = await metadata.ForTopicsAsync(command, topics.Select(t => t.Name)).ConfigureAwait(false);
        return new CreatePartitionsResponse
        {
            // A name that was given twice is answered once.
            Results = [.. reply.Results.DistinctBy(r => r.Name, StringComparer.Ordinal).Select(r => new CreatePartitionsResponse.CreatePartitionsTopicResult
            {
                Name = r.Name!,
                ErrorCode = (short)r.Error,
                ErrorMessage = r.Message,
            })],
        };
    }
}

using Broker.Core.Metadata;
using Broker.Node.Metadata;
using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Broker.Node.Apis;

/// <summary>Removes topics by name, or by id from version 6 (KIP-516).</summary>
internal sealed class DeleteTopicsApi(MetadataStore metadata) : Api<DeleteTopicsRequest, DeleteTopicsResponse>
{
    private const short FirstWithIds = 6;

    // Clients of before know no such error (KIP-322).
    private const short FirstWithDeletionDisabled = 3;

    protected override async ValueTask<DeleteTopicsResponse?> HandleAsync(RequestContext context, DeleteTopicsRequest request)
    {
        List<TopicReference> topics = context.Version >= FirstWithIds
            ? request.Topics.ConvertAll(t => new TopicReference(t.Name, t.TopicId))
            : request.TopicNames.ConvertAll(name => new TopicReference(name, Guid.Empty));
        var reply = await metadata.ForTopicsAsync(new ClusterCommand.DeleteTopics(topics), topics).ConfigureAwait(false);

        // A topic that was named twice is answered once, with its id when any of the two was by id.
        var results = reply.Results
            .GroupBy(r => (r.Name, Id: r.Name is null ? r.Id : Guid.Empty))
            .Select(group => group.OrderByDescending(r => r.Id != Guid.Empty).First());
        return new DeleteTopicsResponse
        {
            Responses = [.. results.Select(r => new DeleteTopicsResponse.DeletableTopicResult
            {
                Name = r.Name,
                TopicId = r.Id,
                ErrorCode = (short)(r.Error == ErrorCode.TopicDeletionDisabled && context.Version < FirstWithDeletionDisabled ? ErrorCode.InvalidRequest : r.Error),
                ErrorMessage = r.Message,
            })],
        };
    }
}

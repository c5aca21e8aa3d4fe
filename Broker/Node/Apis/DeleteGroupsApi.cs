using Broker.Core.Groups;
using Broker.Node.Groups;
using Protocol.Wire.Messages;

namespace Broker.Node.Apis;

/// <summary>DeleteGroups: empty groups go with all of their offsets. A group that is named twice is answered once.</summary>
internal sealed class DeleteGroupsApi(GroupCoordinator coordinator) : Api<DeleteGroupsRequest, DeleteGroupsResponse>
{
    protected override async ValueTask<DeleteGroupsResponse?> HandleAsync(RequestContext context, DeleteGroupsRequest request)
    {
        var response = new DeleteGroupsResponse();
        foreach (var groupId in request.GroupsNames.Distinct(StringComparer.Ordinal))
        {
            var number = coordinator.NextRequest();
            var reply = await coordinator.SubmitAsync(groupId, new GroupInput.DeleteGroup(number, groupId), number).ConfigureAwait(false);
            response.Results.Add(new() { GroupId = groupId, ErrorCode = (short)reply.Error });
        }

        return response;
    }
}

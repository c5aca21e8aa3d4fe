using Broker.Node.Groups;
using Protocol.Wire.Messages;

namespace Broker.Node.Apis;

/// <summary>ListGroups: all groups of this broker, filtered by state and type without regard to case. All of ours are of the classic type.</summary>
internal sealed class ListGroupsApi(GroupCoordinator coordinator) : Api<ListGroupsRequest, ListGroupsResponse>
{
    private const string ClassicType = "classic";

    protected override async ValueTask<ListGroupsResponse?> HandleAsync(RequestContext context, ListGroupsRequest request)
    {
        var listed = await coordinator.ListAsync().ConfigureAwait(false);
        var response = new ListGroupsResponse { ErrorCode = (short)listed.Error };
        if (request.TypesFilter.Count > 0 && !request.TypesFilter.Contains(ClassicType, StringComparer.OrdinalIgnoreCase))
        {
            return response;
        }

        var states = new HashSet<string>(request.StatesFilter, StringComparer.OrdinalIgnoreCase);
        foreach (var group in listed.Groups)
        {
            var state = group.State.ToString();
            if (states.Count == 0 || states.Contains(state))
            {
                response.Groups.Add(new() { GroupId = group.GroupId, ProtocolType = group.ProtocolType, GroupState = state, GroupType = ClassicType });
            }
        }

        return response;
    }
}

using Broker.Core.Groups;
using Broker.Node.Groups;
using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Broker.Node.Apis;

/// <summary>DescribeGroups: a group that is not there is "Dead", with an error of its own from version 6 on.</summary>
internal sealed class DescribeGroupsApi(GroupCoordinator coordinator) : Api<DescribeGroupsRequest, DescribeGroupsResponse>
{
    private const short FirstWithGroupIdNotFound = 6;

    protected override async ValueTask<DescribeGroupsResponse?> HandleAsync(RequestContext context, DescribeGroupsRequest request)
    {
        var response = new DescribeGroupsResponse();
        foreach (var groupId in request.Groups)
        {
            var number = coordinator.NextRequest();
            var reply = await coordinator.SubmitAsync(groupId, new GroupInput.Describe(number, groupId), number).ConfigureAwait(false);
            response.Groups.Add(Describe(context.Version, groupId, reply, request.IncludeAuthorizedOperations));
        }

        return response;
    }

    private static DescribeGroupsResponse.DescribedGroup Describe(short version, string groupId, GroupReply reply, bool withOperations)
    {
        var answer = new DescribeGroupsResponse.DescribedGroup { GroupId = groupId, ErrorCode = (short)reply.Error };
        if (reply is not GroupReply.Described { Group: var group })
        {
            return answer;
        }

        answer.GroupState = group.State.ToString();
        if (reply.Error == ErrorCode.GroupIdNotFound)
        {
            answer.ErrorCode = (short)(version >= FirstWithGroupIdNotFound ? reply.Error : ErrorCode.None);
            answer.ErrorMessage = $"Group {groupId} not found.";
            return answer;
        }

        answer.ProtocolType = group.ProtocolType;
        answer.ProtocolData = group.ProtocolName;
        answer.AuthorizedOperations = withOperations ? AuthorizedOperations.OfGroup : AuthorizedOperations.NotAsked;
        foreach (var member in group.Members)
        {
            answer.Members.Add(new()
            {
                MemberId = member.MemberId,
                GroupInstanceId = member.InstanceId,
                ClientId = member.ClientId,
                ClientHost = member.ClientHost,
                MemberMetadata = member.Metadata,
                MemberAssignment = member.Assignment,
            });
        }

        return answer;
    }
}

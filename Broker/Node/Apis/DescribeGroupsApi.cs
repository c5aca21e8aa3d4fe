using Broker.Core.Groups;
using Broker.Node.Groups;
using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Broker.Node.Apis;

/// <summary>DescribeGroups: a group that is not there is "Dead", with an error of its own from version 6 on.</summary>
internal sealed class DescribeGroupsApi(GroupCoordinator coordinator) : Api<DescribeGroupsRequest, DescribeGroupsResponse>
{
    private const short FirstWithGroupIdNotFound = 6;

    /// <summary>Bytes of metadata and assignment that weigh as much as one more member.</summary>
    private const int BytesPerEntry = 1024;

    protected override async ValueTask<DescribeGroupsResponse?> HandleAsync(RequestContext context, DescribeGroupsRequest request)
    {
        // Each group once is no more than the coordinator holds.
        var budget = new EntryBudget<string>(int.MaxValue);
        var response = new DescribeGroupsResponse();
        foreach (var groupId in request.Groups)
        {
            if (!budget.Allows(groupId, out var isRepeated))
            {
                response.Groups.Add(new() { GroupId = groupId, ErrorCode = (short)ErrorCode.InvalidRequest, ErrorMessage = EntryBudget<string>.Refusal });
                continue;
            }

            var number = coordinator.NextRequest();
            var reply = await coordinator.SubmitAsync(groupId, new GroupInput.Describe(number, groupId), number).ConfigureAwait(false);
            var described = Describe(context.Version, groupId, reply, request.IncludeAuthorizedOperations);
            budget.Spend(described.Members.Sum(m => 1 + ((m.MemberMetadata.Length + m.MemberAssignment.Length) / BytesPerEntry)), isRepeated);
            response.Groups.Add(described);
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

using Broker.Core.Groups;
using Broker.Node.Groups;
using Kernel;
using Protocol.Wire;
using Protocol.Wire.Messages;
using DescribedGroup = Protocol.Wire.Messages.DescribeGroupsResponse.DescribedGroup;

namespace Broker.Node.Apis;

/// <summary>
/// DescribeGroups: a group that is not there is "Dead", with an error of its own from version 6 on. Groups that the answer has no room for
/// are refused with MESSAGE_TOO_LARGE.
/// </summary>
internal sealed class DescribeGroupsApi(GroupCoordinator coordinator) : Api<DescribeGroupsRequest, DescribeGroupsResponse>
{
    private const short FirstWithGroupIdNotFound = 6;

    // Said once: a million groups behind it must not become a million sentences.
    private static readonly string TooMuch =
        $"From here on groups are not described: an answer holds {Limits.MaxGroupAnswerBytes} bytes of them. Ask for fewer at once.";

    protected override async ValueTask<DescribeGroupsResponse?> HandleAsync(RequestContext context, DescribeGroupsRequest request)
    {
        var response = new DescribeGroupsResponse();
        var room = new GroupAnswerRoom();
        foreach (var groupId in request.Groups)
        {
            response.Groups.Add(room.IsFull
                ? new DescribedGroup { GroupId = groupId, ErrorCode = (short)ErrorCode.MessageTooLarge }
                : await DescribeAsync(groupId).ConfigureAwait(false));
        }

        return response;

        async ValueTask<DescribedGroup> DescribeAsync(string groupId)
        {
            var number = coordinator.NextRequest();
            var reply = await coordinator.SubmitAsync(groupId, new GroupInput.Describe(number, groupId), number).ConfigureAwait(false);
            var answer = Describe(context.Version, groupId, reply, request.IncludeAuthorizedOperations);
            return room.TryTake(new DescribeGroupsResponse { Groups = [answer] }.SizeOf(context.Version)) ? answer : new DescribedGroup
            {
                GroupId = groupId,
                ErrorCode = (short)ErrorCode.MessageTooLarge,
                ErrorMessage = TooMuch,
            };
        }
    }

    private static DescribedGroup Describe(short version, string groupId, GroupReply reply, bool withOperations)
    {
        var answer = new DescribedGroup { GroupId = groupId, ErrorCode = (short)reply.Error };
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

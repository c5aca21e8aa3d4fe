using Broker.Core.Groups;
using Broker.Node.Groups;
using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Broker.Node.Apis;

/// <summary>LeaveGroup: one member before version 3, whose error is the answer's; from then on several, each with its own.</summary>
internal sealed class LeaveGroupApi(GroupCoordinator coordinator) : Api<LeaveGroupRequest, LeaveGroupResponse>
{
    private const short FirstBatchedVersion = 3;

    protected override ValueTask<LeaveGroupResponse?> HandleAsync(RequestContext context, LeaveGroupRequest request)
    {
        var members = context.Version < FirstBatchedVersion
            ? [new LeavingMember(request.MemberId, null)]
            : request.Members.ConvertAll(m => new LeavingMember(m.MemberId, m.GroupInstanceId)).ToArray();
        var number = coordinator.NextRequest();
        var pending = coordinator.SubmitAsync(request.GroupId, new GroupInput.Leave(number, request.GroupId, members), number);
        return pending.IsCompletedSuccessfully ? new(Respond(pending.Result)) : AwaitAsync(pending);

        async ValueTask<LeaveGroupResponse?> AwaitAsync(ValueTask<GroupReply> reply) => Respond(await reply.ConfigureAwait(false));

        LeaveGroupResponse Respond(GroupReply reply)
        {
            var response = new LeaveGroupResponse { ErrorCode = (short)reply.Error };
            if (reply is not GroupReply.Left { Error: ErrorCode.None } left)
            {
                return response;
            }

            if (context.Version < FirstBatchedVersion)
            {
                response.ErrorCode = (short)left.Members[0];
                return response;
            }

            for (var i = 0; i < members.Length; i++)
            {
                response.Members.Add(new()
                {
                    MemberId = members[i].MemberId,
                    GroupInstanceId = members[i].InstanceId,
                    ErrorCode = (short)left.Members[i],
                });
            }

            return response;
        }
    }
}

using Broker.Core.Groups;
using Broker.Node.Groups;
using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Broker.Node.Apis;

/// <summary>SyncGroup: answered when the leader's assignments are durable, without a thread that waits.</summary>
internal sealed class SyncGroupApi(GroupCoordinator coordinator) : Api<SyncGroupRequest, SyncGroupResponse>
{
    private const short FirstWithProtocol = 5;

    protected override ValueTask<SyncGroupResponse?> HandleAsync(RequestContext context, SyncGroupRequest request)
    {
        if (context.Version >= FirstWithProtocol && (request.ProtocolType is null || request.ProtocolName is null))
        {
            return new(Respond(GroupReply.Synced.Refused(ErrorCode.InconsistentGroupProtocol)));
        }

        // The frame is given back with the answer; the members' assignments are kept for longer.
        var assignments = new MemberAssignment[request.Assignments.Count];
        for (var i = 0; i < assignments.Length; i++)
        {
            assignments[i] = new MemberAssignment(request.Assignments[i].MemberId, request.Assignments[i].Assignment.ToArray());
        }

        var number = coordinator.NextRequest();
        var input = new GroupInput.Sync(
            number,
            request.GroupId,
            request.MemberId,
            request.GroupInstanceId,
            request.GenerationId,
            request.ProtocolType,
            request.ProtocolName,
            assignments);
        var pending = coordinator.SubmitAsync(request.GroupId, input, number);
        return pending.IsCompletedSuccessfully ? new(Respond(pending.Result)) : AwaitAsync(pending);

        static async ValueTask<SyncGroupResponse?> AwaitAsync(ValueTask<GroupReply> reply) => Respond(await reply.ConfigureAwait(false));
    }

    private static SyncGroupResponse Respond(GroupReply reply)
    {
        // While the groups are loaded the rebalance that this belongs to is lost; the member is to join again, here.
        var synced = reply as GroupReply.Synced
            ?? GroupReply.Synced.Refused(reply.Error == ErrorCode.CoordinatorLoadInProgress ? ErrorCode.RebalanceInProgress : reply.Error);
        return new SyncGroupResponse
        {
            ErrorCode = (short)synced.Error,
            ProtocolType = synced.ProtocolType,
            ProtocolName = synced.ProtocolName,
            Assignment = synced.Assignment,
        };
    }
}

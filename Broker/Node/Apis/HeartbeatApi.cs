using Broker.Core.Groups;
using Broker.Node.Groups;
using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Broker.Node.Apis;

/// <summary>Heartbeat: keeps a session alive. While the groups are loaded every heartbeat is good, as in Kafka.</summary>
internal sealed class HeartbeatApi(GroupCoordinator coordinator) : Api<HeartbeatRequest, HeartbeatResponse>
{
    protected override ValueTask<HeartbeatResponse?> HandleAsync(RequestContext context, HeartbeatRequest request)
    {
        var number = coordinator.NextRequest();
        var input = new GroupInput.Heartbeat(number, request.GroupId, request.MemberId, request.GroupInstanceId, request.GenerationId);
        var pending = coordinator.SubmitAsync(request.GroupId, input, number);
        return pending.IsCompletedSuccessfully ? new(Respond(pending.Result)) : AwaitAsync(pending);

        static async ValueTask<HeartbeatResponse?> AwaitAsync(ValueTask<GroupReply> reply) => Respond(await reply.ConfigureAwait(false));
    }

    private static HeartbeatResponse Respond(GroupReply reply)
        => new() { ErrorCode = (short)(reply.Error == ErrorCode.CoordinatorLoadInProgress ? ErrorCode.None : reply.Error) };
}

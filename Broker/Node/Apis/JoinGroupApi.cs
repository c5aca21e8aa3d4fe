using Broker.Core.Groups;
using Broker.Node.Groups;
using Kernel;
using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Broker.Node.Apis;

/// <summary>JoinGroup: answered when the next generation begins, without a thread that waits.</summary>
internal sealed class JoinGroupApi(GroupCoordinator coordinator) : Api<JoinGroupRequest, JoinGroupResponse>
{
    private const short FirstWithRebalanceTimeout = 1;
    private const short FirstWithKnownIds = 4;
    private const short FirstWithNullProtocol = 7;
    private const short FirstWithSkippedAssignment = 9;

    protected override ValueTask<JoinGroupResponse?> HandleAsync(RequestContext context, JoinGroupRequest request)
    {
        if (WhyRefused(request) is var refusal and not ErrorCode.None)
        {
            return new(Respond(context, request, GroupReply.Joined.Refused(refusal, request.MemberId)));
        }

        // The frame is given back with the answer; what a member offers is kept for longer.
        var protocols = new MemberProtocol[request.Protocols.Count];
        for (var i = 0; i < protocols.Length; i++)
        {
            protocols[i] = new MemberProtocol(request.Protocols[i].Name, request.Protocols[i].Metadata.ToArray());
        }

        // The client's name for itself is shown and compared with nothing, so one that is too long to be stored is no reason to refuse a member.
        // The slash stands where Java would write a host name; tools show the host as it is stored.
        var number = coordinator.NextRequest();
        var input = new GroupInput.Join(
            number,
            request.GroupId,
            request.MemberId,
            request.GroupInstanceId,
            GroupStrings.Cut(context.ClientId),
            "/" + context.Connection.ClientHost,
            request.SessionTimeoutMs,
            context.Version >= FirstWithRebalanceTimeout ? request.RebalanceTimeoutMs : request.SessionTimeoutMs,
            request.ProtocolType,
            protocols,
            NeedsKnownId: context.Version >= FirstWithKnownIds,
            CanSkipAssignment: context.Version >= FirstWithSkippedAssignment,
            Guid.NewGuid());
        var pending = coordinator.SubmitAsync(request.GroupId, input, number);
        return pending.IsCompletedSuccessfully ? new(Respond(context, request, pending.Result)) : AwaitAsync(pending);

        async ValueTask<JoinGroupResponse?> AwaitAsync(ValueTask<GroupReply> reply)
            => Respond(context, request, await reply.ConfigureAwait(false));
    }

    private static ErrorCode WhyRefused(JoinGroupRequest request)
    {
        if (!GroupStrings.Fits(request.GroupId))
        {
            return ErrorCode.InvalidGroupId;
        }

        if (!GroupStrings.Fits(request.MemberId))
        {
            return ErrorCode.UnknownMemberId;
        }

        if (!GroupStrings.Fits(request.GroupInstanceId))
        {
            return ErrorCode.InvalidRequest;
        }

        var bytes = 0L;
        var fit = GroupStrings.Fits(request.ProtocolType) && request.Protocols.Count <= Limits.MaxProtocolsPerMember;
        foreach (var protocol in request.Protocols)
        {
            fit &= GroupStrings.Fits(protocol.Name);
            bytes += protocol.Metadata.Length;
        }

        return !fit ? ErrorCode.InconsistentGroupProtocol : bytes > Limits.MaxMemberSubscriptionBytes ? ErrorCode.MessageTooLarge : ErrorCode.None;
    }

    private static JoinGroupResponse Respond(RequestContext context, JoinGroupRequest request, GroupReply reply)
    {
        var joined = reply as GroupReply.Joined ?? GroupReply.Joined.Refused(reply.Error, request.MemberId);
        var response = new JoinGroupResponse
        {
            ErrorCode = (short)joined.Error,
            GenerationId = joined.Generation,
            ProtocolType = joined.ProtocolType,
            ProtocolName = joined.ProtocolName ?? (context.Version >= FirstWithNullProtocol ? null : ""),
            Leader = joined.Leader,
            SkipAssignment = joined.SkipAssignment,
            MemberId = joined.MemberId,
            Members = new(joined.Members.Count),
        };
        foreach (var member in joined.Members)
        {
            response.Members.Add(new() { MemberId = member.MemberId, GroupInstanceId = member.InstanceId, Metadata = member.Metadata });
        }

        return response;
    }
}

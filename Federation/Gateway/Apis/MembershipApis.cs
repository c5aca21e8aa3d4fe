using Federation.Gateway.Connections;
using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Federation.Gateway.Apis;

/// <summary>JoinGroup: the topics inside a consumer's subscription are mapped too, because the coordinator reads them.</summary>
internal sealed class JoinGroupApi : CoordinatorApi<JoinGroupRequest, JoinGroupResponse>
{
    protected override string CoordinatorKey(JoinGroupRequest request) => request.GroupId;

    protected override string ProtocolType(GatewayRequest r, JoinGroupRequest request)
    {
        r.Connection.Groups.Joined(request.GroupId, request.ProtocolType);
        return request.ProtocolType;
    }

    protected override JoinGroupResponse Refused(GatewayRequest r, JoinGroupRequest request, ErrorCode error) =>
        new() { ErrorCode = (short)error, MemberId = request.MemberId, ProtocolName = r.Version >= 7 ? null : "" };
}

/// <summary>SyncGroup: the topics inside a consumer's assignment are mapped too.</summary>
internal sealed class SyncGroupApi : CoordinatorApi<SyncGroupRequest, SyncGroupResponse>
{
    protected override string CoordinatorKey(SyncGroupRequest request) => request.GroupId;

    protected override string? ProtocolType(GatewayRequest r, SyncGroupRequest request) => request.ProtocolType ?? r.Connection.Groups.ProtocolType(request.GroupId);

    protected override SyncGroupResponse Refused(GatewayRequest r, SyncGroupRequest request, ErrorCode error) => new() { ErrorCode = (short)error };
}

/// <summary>Heartbeat.</summary>
internal sealed class HeartbeatApi : CoordinatorApi<HeartbeatRequest, HeartbeatResponse>
{
    protected override string CoordinatorKey(HeartbeatRequest request) => request.GroupId;

    protected override HeartbeatResponse Refused(GatewayRequest r, HeartbeatRequest request, ErrorCode error) => new() { ErrorCode = (short)error };
}

/// <summary>LeaveGroup.</summary>
internal sealed class LeaveGroupApi : CoordinatorApi<LeaveGroupRequest, LeaveGroupResponse>
{
    protected override string CoordinatorKey(LeaveGroupRequest request) => request.GroupId;

    protected override LeaveGroupResponse Refused(GatewayRequest r, LeaveGroupRequest request, ErrorCode error) => new() { ErrorCode = (short)error };
}

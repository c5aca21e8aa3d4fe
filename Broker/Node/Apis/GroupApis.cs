using Broker.Node.Groups;

namespace Broker.Node.Apis;

/// <summary>The APIs of groups and their offsets, for the node's <see cref="ApiTable"/>.</summary>
public static class GroupApis
{
    /// <param name="nodeId">The broker's id, which FindCoordinator tells clients.</param>
    public static IReadOnlyList<IApi> Create(GroupCoordinator coordinator, int nodeId) =>
    [
        new FindCoordinatorApi(coordinator, nodeId),
        new JoinGroupApi(coordinator),
        new SyncGroupApi(coordinator),
        new HeartbeatApi(coordinator),
        new LeaveGroupApi(coordinator),
        new OffsetCommitApi(coordinator),
        new OffsetFetchApi(coordinator),
        new OffsetDeleteApi(coordinator),
        new DescribeGroupsApi(coordinator),
        new ListGroupsApi(coordinator),
        new DeleteGroupsApi(coordinator),
    ];
}

using Federation.Gateway.Connections;
using Federation.Gateway.Upstream;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Messages;
using DeletedGroup = Protocol.Wire.Messages.DeleteGroupsResponse.DeletableGroupResult;
using DescribedGroup = Protocol.Wire.Messages.DescribeGroupsResponse.DescribedGroup;

namespace Federation.Gateway.Apis;

/// <summary>DescribeGroups: the topics inside members' subscriptions and assignments are the tenant's again.</summary>
internal sealed class DescribeGroupsApi : GroupsApi<DescribeGroupsRequest, DescribeGroupsResponse, string, DescribedGroup>
{
    protected override List<string> Groups(GatewayRequest r, DescribeGroupsRequest request) => request.Groups;

    protected override string GroupId(string group) => group;

    protected override DescribeGroupsRequest With(DescribeGroupsRequest request, List<string> groups) =>
        new() { Groups = groups, IncludeAuthorizedOperations = request.IncludeAuthorizedOperations };

    protected override List<DescribedGroup> Answers(DescribeGroupsResponse response) => response.Groups;

    protected override DescribedGroup Refused(string group, ErrorCode error) => new() { GroupId = group, ErrorCode = (short)error };

    protected override void Merge(DescribeGroupsResponse into, DescribeGroupsResponse part) =>
        into.ThrottleTimeMs = Throttle(into.ThrottleTimeMs, part.ThrottleTimeMs);

    // Groups of one answer may have different protocol types, and only the consumer protocol's bytes hold names.
    protected override void ToTenant(GatewayRequest r, DescribeGroupsResponse response)
    {
        foreach (var group in response.Groups)
        {
            r.ToTenant(new DescribeGroupsResponse { Groups = [group] }, group.ProtocolType);
        }
    }
}

/// <summary>DeleteGroups.</summary>
internal sealed class DeleteGroupsApi : GroupsApi<DeleteGroupsRequest, DeleteGroupsResponse, string, DeletedGroup>
{
    protected override List<string> Groups(GatewayRequest r, DeleteGroupsRequest request) => request.GroupsNames;

    protected override string GroupId(string group) => group;

    protected override DeleteGroupsRequest With(DeleteGroupsRequest request, List<string> groups) => new() { GroupsNames = groups };

    protected override List<DeletedGroup> Answers(DeleteGroupsResponse response) => response.Results;

    protected override DeletedGroup Refused(string group, ErrorCode error) => new() { GroupId = group, ErrorCode = (short)error };

    protected override void Merge(DeleteGroupsResponse into, DeleteGroupsResponse part) =>
        into.ThrottleTimeMs = Throttle(into.ThrottleTimeMs, part.ThrottleTimeMs);
}

/// <summary>ListGroups: the tenant's groups, of all brokers, because the virtual broker coordinates all of them.</summary>
internal sealed class ListGroupsApi : GatewayApi<ListGroupsRequest, ListGroupsResponse>
{
    protected override async ValueTask<Answer> ServeAsync(GatewayRequest r, ListGroupsRequest request)
    {
        r.ToCluster(request);
        var asked = r.Cluster.Routes.Brokers.Keys.Select(node => r.Cluster.Broker(node) is { } broker
            ? r.AskAsync<ListGroupsResponse>(broker, request).AsTask() : Task.FromResult<UpstreamReply<ListGroupsResponse>?>(null)).ToList();
        var replies = await Task.WhenAll(asked).ConfigureAwait(false);
        var merged = new ListGroupsResponse();
        foreach (var reply in replies)
        {
            // A list without one broker's groups would look complete.
            var part = reply?.Message ?? new() { ErrorCode = (short)ErrorCode.CoordinatorNotAvailable };
            merged.ErrorCode = merged.ErrorCode == 0 ? part.ErrorCode : merged.ErrorCode;
            merged.ThrottleTimeMs = Throttle(merged.ThrottleTimeMs, part.ThrottleTimeMs);
            merged.Groups.AddRange(part.Groups);
        }

        r.Tenant.Filter.Groups(merged);
        r.ToTenant(merged);
        return r.Write(merged, [.. replies.OfType<IDisposable>()]);
    }
}

using Broker.Node.Fetching;
using Broker.Node.Partitions;
using Broker.Node.Waiting;
using Protocol.Transport;
using Protocol.Wire;

namespace Broker.Node.Apis;

/// <summary>Fetch (key 1), versions 4 to 18, with long polls and incremental sessions. The work is done by <see cref="FetchOperation"/>.</summary>
public sealed class FetchApi : IApi
{
    private readonly RequestPool<FetchOperation> _operations;

    /// <param name="partitions">What is read.</param>
    /// <param name="sessions">The node's incremental sessions.</param>
    /// <param name="wheel">Ends long polls.</param>
    /// <param name="nodeId">This broker's id, for answers that name the leader (KIP-951).</param>
    /// <param name="maxBytes">What one answer may hold (fetch.max.bytes).</param>
    public FetchApi(PartitionTable partitions, FetchSessions sessions, TimingWheel wheel, int nodeId, int maxBytes)
    {
        var services = new FetchServices(partitions, sessions, wheel, nodeId, maxBytes);
        _operations = new(pool => new FetchOperation(services, pool));
    }

    public ApiKey Key => ApiKey.Fetch;

    public VersionRange Versions => new(4, 18);

    public ValueTask<Answer> HandleAsync(RequestContext context) => _operations.Rent().Run(context);
}

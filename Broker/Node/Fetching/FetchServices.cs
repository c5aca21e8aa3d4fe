using Broker.Node.Partitions;
using Broker.Node.Waiting;

namespace Broker.Node.Fetching;

/// <summary>What fetches need of their node. One for all of them.</summary>
/// <param name="NodeId">This broker's id, for answers that name the leader.</param>
/// <param name="MaxBytes">What one answer may hold (fetch.max.bytes).</param>
internal sealed record FetchServices(PartitionTable Partitions, FetchSessions Sessions, TimingWheel Wheel, int NodeId, int MaxBytes);

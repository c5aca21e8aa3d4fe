namespace Broker.Core.Groups;

/// <summary>Where a classic group stands. The names are what DescribeGroups and ListGroups say.</summary>
public enum GroupState
{
    /// <summary>No members; perhaps offsets.</summary>
    Empty,

    /// <summary>Members are asked to join again; the next generation begins when all have, or the time is up.</summary>
    PreparingRebalance,

    /// <summary>A generation has begun; its leader has not handed in the assignments yet.</summary>
    CompletingRebalance,

    /// <summary>Every member has its assignment.</summary>
    Stable,

    /// <summary>There is no such group.</summary>
    Dead,
}

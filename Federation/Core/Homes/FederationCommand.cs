using Kernel.Ids;

namespace Federation.Core.Homes;

/// <summary>What can be asked of the federation's control ledger. A closed hierarchy.</summary>
public abstract record FederationCommand
{
    private FederationCommand()
    {
    }

    /// <summary>A region takes part. Its slot number is given once and for ever; asking again changes nothing.</summary>
    public sealed record JoinRegion(RegionId Region) : FederationCommand;

    /// <summary>Makes a federated topic.</summary>
    /// <param name="Configs">Topic settings; the clusters judge them.</param>
    public sealed record CreateTopic(
        string Tenant, string Name, int Partitions, string Home, IReadOnlyList<string> Mirrors, IReadOnlyDictionary<string, string> Configs) : FederationCommand;

    /// <summary>Gives a topic up: from now on it is no topic of the tenant's. The host that obeys the ledger removes it from the clusters.</summary>
    public sealed record DeleteTopic(string Tenant, string Name) : FederationCommand;

    /// <summary>The topic stands in its home, under this id of the home's cluster.</summary>
    public sealed record NoteHome(string Tenant, string Name, Guid TopicId) : FederationCommand;

    /// <summary>The topic is gone from all clusters; its name is free.</summary>
    public sealed record ForgetTopic(string Tenant, string Name) : FederationCommand;
}

/// <summary>What happened to the federation: the entries of the control log. A closed hierarchy; entries are never changed, new ones are added.</summary>
public abstract record FederationRecord
{
    private FederationRecord()
    {
    }

    /// <summary>A region has its slot: the high bits of its producer ids.</summary>
    public sealed record RegionJoined(string Region, int Slot) : FederationRecord;

    /// <summary>A federated topic exists.</summary>
    public sealed record TopicCreated(
        string Tenant, string Name, int Partitions, string Home, IReadOnlyList<string> Mirrors, long FencingEpoch, IReadOnlyDictionary<string, string> Configs) : FederationRecord;

    /// <summary>A federated topic was made in its home. Ledgers of before this record do not have it; then it follows when the home is next seen.</summary>
    public sealed record HomeMade(string Tenant, string Name, Guid TopicId) : FederationRecord;

    /// <summary>A federated topic was given up, and is being removed from the clusters.</summary>
    public sealed record TopicLeaving(string Tenant, string Name) : FederationRecord;

    /// <summary>A federated topic is gone.</summary>
    public sealed record TopicDeleted(string Tenant, string Name) : FederationRecord;
}

/// <summary>Why a command was refused.</summary>
public enum FederationError
{
    None,

    /// <summary>The command itself makes no sense: a bad name, a region that does not take part, a number out of range.</summary>
    Invalid,

    /// <summary>What it names is not there.</summary>
    NotFound,

    /// <summary>What it would make is there already.</summary>
    Conflict,
}

/// <summary>What the ledger answers.</summary>
/// <param name="Message">For people, with an error: what is wrong and what would be right.</param>
/// <param name="Topic">The topic as it is afterwards; for a deletion, as it was.</param>
/// <param name="Slot">The region's slot, for <see cref="FederationCommand.JoinRegion"/>; else -1.</param>
public sealed record FederationReply(FederationError Error, string? Message = null, FederatedTopic? Topic = null, int Slot = -1)
{
    internal static FederationReply Refused(FederationError error, string message) => new(error, message);
}

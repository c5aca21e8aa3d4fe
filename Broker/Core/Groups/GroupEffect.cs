namespace Broker.Core.Groups;

/// <summary>What the group machine asks of its host. A closed hierarchy.</summary>
public abstract record GroupEffect
{
    private GroupEffect()
    {
    }

    /// <summary>
    /// Append these records, in order, behind those of the sequences before. They are applied already: a host that cannot append them
    /// throws machine and ledger away and replays the log.
    /// </summary>
    /// <param name="Sequence">Rises by one with each append; <see cref="GroupInput.Committed"/> speaks of it.</param>
    public sealed record Append(long Sequence, IReadOnlyList<GroupRecord> Records) : GroupEffect;

    /// <summary>Answer the request.</summary>
    public sealed record Answer(long Request, GroupReply Reply) : GroupEffect;
}

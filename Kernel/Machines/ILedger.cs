namespace Kernel.Machines;

/// <summary>
/// A machine whose state is a log. <see cref="Decide"/> looks and never changes; <see cref="Apply"/> changes and never refuses.
/// The host appends the decided records, applies them, and gives the reply when they are committed.
/// </summary>
public interface ILedger<in TCommand, TRecord, TReply>
{
    /// <summary>Decides a command against the present state. The state is the same afterwards.</summary>
    Decision<TRecord, TReply> Decide(TCommand command, Now now);

    /// <summary>Applies a record that is in the log. Unknown or outdated records are ignored, never refused.</summary>
    void Apply(TRecord record);
}

/// <summary>What a ledger wants written, and what to answer once it is committed. No records: answer at once.</summary>
public readonly record struct Decision<TRecord, TReply>(IReadOnlyList<TRecord> Records, TReply Reply);

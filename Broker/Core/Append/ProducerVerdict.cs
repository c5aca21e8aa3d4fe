using Protocol.Wire;

namespace Broker.Core.Append;

/// <summary>What is to become of a batch of an idempotent producer.</summary>
/// <param name="Error">None when it is to be appended or is a duplicate.</param>
/// <param name="IsDuplicate">It is in the log already: nothing is appended, and the producer is answered with the three values that follow.</param>
/// <param name="BaseOffset">The original's first offset; -1 unless duplicate.</param>
/// <param name="LastOffset">The original's last offset, which must be committed before acks=all is answered; -1 unless duplicate.</param>
/// <param name="MaxTimestamp">The original's largest timestamp, which Kafka answers as log append time; -1 unless duplicate.</param>
/// <param name="Message">For people, with an error.</param>
public readonly record struct ProducerVerdict(
    ErrorCode Error, bool IsDuplicate = false, long BaseOffset = -1, long LastOffset = -1, long MaxTimestamp = -1, string? Message = null)
{
    /// <summary>The batch is next in its producer's sequence.</summary>
    public static ProducerVerdict Append => new(ErrorCode.None);

    /// <summary>The batch is to be appended.</summary>
    public bool IsAppend => Error == ErrorCode.None && !IsDuplicate;
}

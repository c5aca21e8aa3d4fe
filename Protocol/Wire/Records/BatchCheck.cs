namespace Protocol.Wire.Records;

/// <summary>Decides whether what a producer sent for one partition is stored, by the rules of Apache Kafka 4.3. Pure; keeps nothing between calls.</summary>
public static class BatchCheck
{
    /// <summary>Checks the records field of one partition of a Produce request: exactly one whole batch of magic 2.</summary>
    /// <param name="records">The field as sent. Bytes after the first batch that do not make another are ignored.</param>
    /// <param name="rules">What the partition asks.</param>
    public static BatchVerdict Validate(ReadOnlySpan<byte> records, in BatchRules rules) => throw new NotImplementedException();
}

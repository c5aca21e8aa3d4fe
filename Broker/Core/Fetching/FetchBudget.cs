namespace Broker.Core.Fetching;

/// <summary>
/// Splits a fetch's max_bytes over its partitions, in their order. The first batch of the first partition that has any is returned whole
/// whatever the limits are, so that a consumer always gets on (KIP-74); the rest gets only what fits.
/// </summary>
/// <param name="maxBytes">max_bytes as sent, perhaps negative; more than the broker's limit is cut to that.</param>
/// <param name="brokerMaxBytes">The broker's limit of one answer (fetch.max.bytes).</param>
public struct FetchBudget(int maxBytes, int brokerMaxBytes)
{
    private int _leftBytes = Math.Min(maxBytes, brokerMaxBytes);

    /// <summary>Nothing has been returned yet: the next batch goes out even beyond the limit.</summary>
    public bool MinOneBatch { get; private set; } = true;

    /// <summary>What the next partition may return. Negative when the client asked for a negative number of bytes, which Kafka refuses.</summary>
    public readonly int LimitFor(int partitionMaxBytes) => Math.Min(partitionMaxBytes, _leftBytes);

    /// <summary>A partition was looked at and returned so many bytes, perhaps 0.</summary>
    public void Spend(int bytes)
    {
        _leftBytes = Math.Max(0, _leftBytes - bytes);
        MinOneBatch &= bytes == 0;
    }
}

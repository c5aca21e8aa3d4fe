namespace Broker.Core.Append;

/// <summary>One producer as DescribeProducers shows it (KIP-664).</summary>
/// <param name="LastSequence">Of its last record in this epoch; -1 when none is known.</param>
/// <param name="LastTimestamp">Largest timestamp of its last batch or marker, ms since the epoch; -1 for none.</param>
/// <param name="CoordinatorEpoch">Epoch of the coordinator that wrote its last marker; -1 when there was none.</param>
/// <param name="OpenTransactionOffset">First offset of its open transaction; -1 for none.</param>
public readonly record struct ActiveProducer(
    long ProducerId, short Epoch, int LastSequence, long LastTimestamp, int CoordinatorEpoch, long OpenTransactionOffset);

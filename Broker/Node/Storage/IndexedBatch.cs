namespace Broker.Node.Storage;

/// <summary>A place that the offset index knows: the batch that ends with an offset begins there.</summary>
internal readonly record struct IndexedBatch(int RelativeLastOffset, int Position);

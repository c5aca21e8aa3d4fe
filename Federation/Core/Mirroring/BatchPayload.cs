namespace Federation.Core.Mirroring;

/// <summary>
/// Whole batches of one partition on their way over the link, in memory that somebody lends. A machine passes it on or asks for its
/// release, exactly one of both; it never looks at the bytes.
/// </summary>
/// <param name="bytes">Whole batches; at least one.</param>
/// <param name="range">What the bytes hold, by their headers.</param>
/// <param name="owner">Whose memory it is; disposed once. Null: the memory needs nobody.</param>
public sealed class BatchPayload(ReadOnlyMemory<byte> bytes, BatchRange range, IDisposable? owner = null) : IDisposable
{
    private IDisposable? _owner = owner;

    /// <summary>The batches. Dead after <see cref="Dispose"/>.</summary>
    public ReadOnlyMemory<byte> Bytes => bytes;

    /// <summary>The offsets that the batches cover.</summary>
    public BatchRange Range => range;

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        var owner = _owner;
        _owner = null;
        owner?.Dispose();
    }
}

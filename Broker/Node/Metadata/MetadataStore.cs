using Broker.Core.Metadata;

namespace Broker.Node.Metadata;

/// <summary>
/// Owns the cluster ledger and its durable log. One command after the other is decided; the image is swapped whole once the records are on
/// disk, and what follows from it (<see cref="Changed"/>) has happened before the reply is given.
/// </summary>
public sealed class MetadataStore
{
    private volatile ClusterImage _image = ClusterImage.Empty;

    /// <summary>The metadata as of now: durable and published. Any thread.</summary>
    public ClusterImage Image => _image;

    /// <summary>Called with the image before and after, in the order of the log, before <see cref="Image"/> shows the new one. It must not fail.</summary>
    public event Action<ClusterImage, ClusterImage>? Changed;

    /// <summary>Decides, writes, applies, publishes; then gives the reply. Fails with <see cref="IOException"/> once the log cannot be written any more.</summary>
    public ValueTask<ClusterReply> ExecuteAsync(ClusterCommand command)
    {
        Changed?.Invoke(_image, _image);
        throw new NotImplementedException();
    }
}

using Kernel.Machines;

namespace Broker.Core.Metadata;

/// <summary>
/// The cluster's metadata: topics, settings, mirrors, producer ids. Owned by the host of the metadata log, which writes what is decided,
/// applies it, and publishes <see cref="Image"/>.
/// </summary>
public sealed partial class ClusterLedger : ILedger<ClusterCommand, ClusterRecord, ClusterReply>
{
    /// <summary>Everything applied so far.</summary>
    public ClusterImage Image { get; private set; } = ClusterImage.Empty;

    /// <summary>Decides a command. Never changes anything.</summary>
    public Decision<ClusterRecord, ClusterReply> Decide(ClusterCommand command, Now now) => throw new NotImplementedException();

    /// <summary>Applies a record of the log. Never refuses.</summary>
    public void Apply(ClusterRecord record) => throw new NotImplementedException();
}

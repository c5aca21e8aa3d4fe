using Broker.Core.Configs;
using Kernel;
using Kernel.Machines;

namespace Broker.Core.Metadata;

/// <summary>
/// The cluster's metadata: topics, settings, mirrors, producer ids. Owned by the host of the metadata log, which writes what is decided,
/// applies it, and publishes <see cref="Image"/>.
/// </summary>
/// <param name="configs">What the cluster's one broker was started with: its id and the defaults of new topics.</param>
public sealed partial class ClusterLedger(StaticBrokerConfigs? configs = null) : ILedger<ClusterCommand, ClusterRecord, ClusterReply>
{
    private readonly StaticBrokerConfigs _static = configs ?? StaticBrokerConfigs.Default;

    // The topic that holds a collision key: derived from the image, so that a new name need not be compared with ten thousand others.
    private readonly Dictionary<string, string> _byCollisionKey = new(StringComparer.Ordinal);

    /// <summary>Everything applied so far.</summary>
    public ClusterImage Image { get; private set; } = ClusterImage.Empty;

    private BrokerConfigView View => new(_static, Image);

    /// <summary>Decides a command. Never changes anything.</summary>
    public Decision<ClusterRecord, ClusterReply> Decide(ClusterCommand command, Now now) => command switch
    {
        ClusterCommand.StartBroker start => Start(start),
        ClusterCommand.CreateTopics create => CreateTopics(create),
        ClusterCommand.DeleteTopics delete => DeleteTopics(delete),
        ClusterCommand.CreatePartitions create => CreatePartitions(create),
        ClusterCommand.AlterConfigs alter => AlterConfigs(alter),
        ClusterCommand.AllocateProducerIds allocate => AllocateProducerIds(allocate),
        ClusterCommand.OpenMirror open => OpenMirror(open),
        ClusterCommand.FenceMirror fence => FenceMirror(fence),
        _ => throw new InvariantBrokenException($"unknown command {command.GetType().Name}"),
    };

    private Decision<ClusterRecord, ClusterReply> Start(ClusterCommand.StartBroker start)
    {
        var epoch = Image.BrokerEpoch + 1;
        if (Image.ClusterId.Length > 0)
        {
            return new([new ClusterRecord.BrokerStarted(epoch)], new ClusterReply.Started(Image.ClusterId, epoch));
        }

        // Kafka 4 forms clusters with this default set dynamically (KIP-966), which DescribeConfigs shows.
        ClusterRecord[] records =
        [
            new ClusterRecord.ClusterFormed(start.ClusterId),
            new ClusterRecord.ConfigChanged(new ConfigResource(ConfigResourceType.Broker, ""), "min.insync.replicas", "1"),
            new ClusterRecord.BrokerStarted(epoch),
        ];
        return new(records, new ClusterReply.Started(start.ClusterId, epoch));
    }

    private Decision<ClusterRecord, ClusterReply> AllocateProducerIds(ClusterCommand.AllocateProducerIds allocate)
    {
        Ensure.That(allocate.Count > 0, "a block of producer ids holds at least one");
        var first = Image.NextProducerId;
        return new([new ClusterRecord.ProducerIdsAllocated(first + allocate.Count)], new ClusterReply.ProducerIds(first, allocate.Count));
    }
}

using Broker.Core.Configs;
using Broker.Core.Metadata;
using Kernel.Machines;

namespace Tests.Unit.Metadata;

/// <summary>Ledgers for tests, and what tests ask of them.</summary>
internal static class Ledgers
{
    public static readonly Now Now = new(new Instant(0), 1_700_000_000_000);

    public static StaticBrokerConfigs Configs(params (string Name, string Value)[] properties)
    {
        Assert.True(StaticBrokerConfigs.TryCreate(1, properties.Select(p => KeyValuePair.Create(p.Name, p.Value)), [], out var configs, out var problem), problem);
        return configs;
    }

    /// <summary>A ledger of a cluster whose broker has started once.</summary>
    public static ClusterLedger Started(StaticBrokerConfigs? configs = null)
    {
        var ledger = new ClusterLedger(configs);
        ledger.Run(new ClusterCommand.StartBroker("cluster"));
        return ledger;
    }

    /// <summary>Decides and applies.</summary>
    public static ClusterReply Run(this ClusterLedger ledger, ClusterCommand command)
    {
        var decision = ledger.Decide(command, Now);
        foreach (var record in decision.Records)
        {
            ledger.Apply(record);
        }

        return decision.Reply;
    }

    public static NewTopic Topic(string name, int partitions = 1, params (string Name, string? Value)[] configs)
        => new(name, partitions, 1, [], [.. configs.Select(c => KeyValuePair.Create(c.Name, c.Value))]);

    public static TopicResult Create(this ClusterLedger ledger, NewTopic topic, bool validateOnly = false)
        => Assert.Single(((ClusterReply.Topics)ledger.Run(new ClusterCommand.CreateTopics([topic], validateOnly, 7))).Results);

    public static ConfigResult Alter(this ClusterLedger ledger, ConfigResourceType type, string name, params ConfigChange[] changes)
        => Assert.Single(((ClusterReply.Configs)ledger.Run(new ClusterCommand.AlterConfigs([new ConfigChanges((sbyte)type, name, changes)], false))).Results);

    public static ConfigChange Set(string name, string? value) => new(name, 0, value);

    public static ConfigChange Delete(string name) => new(name, 1, null);

    /// <summary>Everything that an image says, as text.</summary>
    public static string Describe(this ClusterImage image) => string.Join('\n',
        image.Topics.Select(t => $"{t.Key} {t.Value.Id} {t.Value.PartitionCount} {t.Value.FirstLeaderEpoch} {t.Value.Mirror} {string.Join(',', t.Value.Configs)}")
            .Concat(image.TopicsById.OrderBy(t => t.Key).Select(t => $"{t.Key}={t.Value.Name}"))
            .Concat(image.Configs.Select(c => $"{c.Key} {string.Join(',', c.Value)}"))
            .Append($"{image.ClusterId} {image.BrokerEpoch} {image.NextProducerId} {image.Version}"));
}

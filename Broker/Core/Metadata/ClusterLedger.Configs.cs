using System.Collections.Immutable;
using System.Globalization;
using Broker.Core.Configs;
using Kernel;
using Kernel.Machines;
using Protocol.Wire;

namespace Broker.Core.Metadata;

public sealed partial class ClusterLedger
{
    private const sbyte Set = 0;
    private const sbyte Delete = 1;
    private const sbyte Append = 2;
    private const sbyte Subtract = 3;

    private readonly record struct Refusal(ErrorCode Error, string? Message)
    {
        public static Refusal BadRequest(string message) => new(ErrorCode.InvalidRequest, message);

        public static Refusal BadConfig(string message) => new(ErrorCode.InvalidConfig, message);
    }

    private Decision<ClusterRecord, ClusterReply> AlterConfigs(ClusterCommand.AlterConfigs command)
    {
        var seen = new HashSet<(sbyte, string)>();
        var repeated = command.Resources.Select(r => (r.ResourceType, r.ResourceName)).Where(r => !seen.Add(r)).ToHashSet();
        var records = new List<ClusterRecord>();
        var results = new List<ConfigResult>(command.Resources.Count);
        foreach (var resource in command.Resources)
        {
            var own = new List<ClusterRecord>();
            var refusal = repeated.Contains((resource.ResourceType, resource.ResourceName))
                ? Refusal.BadRequest("Each resource must appear at most once.")
                : WhyRefused(resource, own);
            if (refusal is null)
            {
                records.AddRange(own);
            }

            results.Add(new ConfigResult(resource.ResourceType, resource.ResourceName, refusal?.Error ?? ErrorCode.None, refusal?.Message));
        }

        return new(command.ValidateOnly ? [] : records, new ClusterReply.Configs(results));
    }

    private Refusal? WhyRefused(ConfigChanges changes, List<ClusterRecord> records)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var change in changes.Changes)
        {
            if (!names.Add(change.Name))
            {
                return Refusal.BadRequest($"Error due to duplicate config key {Quoted(change.Name)}.");
            }

            if (change.Value is null && change.Operation != Delete)
            {
                return Refusal.BadRequest($"Null value not supported for: {Quoted(change.Name)}");
            }
        }

        return (ConfigResourceType)changes.ResourceType switch
        {
            ConfigResourceType.Topic => ChangeTopic(changes, records),
            ConfigResourceType.Broker => ChangeBroker(changes, records),
            ConfigResourceType.BrokerLogger when changes.Replaces => Refusal.BadRequest("The levels of loggers cannot be replaced as a whole."),
            ConfigResourceType.BrokerLogger => Refusal.BadConfig("This broker has no logger whose level can be changed while it runs."),
            ConfigResourceType.ClientMetrics => ChangeClientMetrics(changes, records),
            ConfigResourceType.Group => ChangeGroup(changes, records),
            _ => Refusal.BadRequest($"Unexpected resource type {changes.ResourceType}."),
        };
    }

    private Refusal? ChangeTopic(ConfigChanges changes, List<ClusterRecord> records)
    {
        var name = changes.ResourceName;
        if (name.Length == 0)
        {
            return Refusal.BadRequest("Default topic resources are not allowed.");
        }

        if (TopicNames.WhyIllegal(name) is { } illegal)
        {
            return new Refusal(ErrorCode.InvalidTopicException, illegal);
        }

        if (Image.Find(name) is not { } topic)
        {
            return new Refusal(ErrorCode.UnknownTopicOrPartition, $"The topic '{name}' does not exist.");
        }

        var view = View;
        var refusal = Change(changes, topic.Configs, TopicConfigs.Find, view, Refusal.BadConfig, out var after);
        if (refusal is null && WhyIllegalTogether(after) is { } problem)
        {
            refusal = Refusal.BadConfig(problem);
        }

        // Retention would delete positions that are older than it, and the groups with them. What is not set follows the broker's default.
        if (refusal is null && topic.IsInternal && after.GetValueOrDefault("cleanup.policy") != "compact")
        {
            refusal = new Refusal(ErrorCode.PolicyViolation, $"Topic {topic.Name} belongs to the broker and has to keep cleanup.policy=compact.");
        }

        return refusal ?? Record(new ConfigResource(ConfigResourceType.Topic, name), topic.Configs, after, records);
    }

    private Refusal? ChangeBroker(ConfigChanges changes, List<ClusterRecord> records)
    {
        var isDefault = changes.ResourceName.Length == 0;
        if (!isDefault && (!int.TryParse(changes.ResourceName, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id != _static.NodeId))
        {
            return Refusal.BadRequest($"Unexpected broker id, expected {_static.NodeId} or empty string, but received {Quoted(changes.ResourceName)}");
        }

        var resource = isDefault ? new ConfigResource(ConfigResourceType.Broker, "") : BrokerConfigView.ResourceOf(_static.NodeId);
        foreach (var change in changes.Changes)
        {
            var definition = BrokerConfigs.Find(change.Name);
            if (definition is { IsReadOnly: true })
            {
                return Refusal.BadRequest($"Cannot update these configs dynamically: {change.Name}");
            }

            if (definition is { IsPerBroker: true } && isDefault)
            {
                return Refusal.BadRequest($"Cannot update these configs at default cluster level, broker id must be specified: {change.Name}");
            }
        }

        var before = Image.Configs.GetValueOrDefault(resource, NoConfigs);

        // Kafka keeps settings it does not know: plugins may.
        static ConfigDefinition Find(string name) => BrokerConfigs.Find(name) ?? new ConfigDefinition(name, ConfigType.String, null, ConfigRule.Any);
        var refusal = Change(changes, before, Find, View, Refusal.BadRequest, out var after);
        return refusal ?? Record(resource, before, after, records);
    }

    private Refusal? ChangeClientMetrics(ConfigChanges changes, List<ClusterRecord> records)
    {
        if (changes.ResourceName.Length == 0)
        {
            return Refusal.BadRequest("Subscription name can't be empty");
        }

        if (changes.Changes.FirstOrDefault(c => c.Operation != Delete && ClientMetricsConfigs.Find(c.Name) is null) is { Name: not null } unknown)
        {
            return Refusal.BadRequest($"Unknown client metrics configuration: {Quoted(unknown.Name)}");
        }

        var resource = new ConfigResource(ConfigResourceType.ClientMetrics, changes.ResourceName);
        var before = Image.Configs.GetValueOrDefault(resource, NoConfigs);
        if (Change(changes, before, ClientMetricsConfigs.Find, View, Refusal.BadConfig, out var after) is { } refusal)
        {
            return refusal;
        }

        foreach (var (name, value) in after)
        {
            if (ClientMetricsConfigs.Check(name, value) is { Error: not ErrorCode.None } problem)
            {
                return new Refusal(problem.Error, problem.Message);
            }
        }

        return Record(resource, before, after, records);
    }

    private Refusal? ChangeGroup(ConfigChanges changes, List<ClusterRecord> records)
    {
        if (changes.ResourceName.Length == 0)
        {
            return Refusal.BadRequest("Default group resources are not allowed.");
        }

        var resource = new ConfigResource(ConfigResourceType.Group, changes.ResourceName);
        var before = Image.Configs.GetValueOrDefault(resource, NoConfigs);
        var view = View;
        var refusal = Change(changes, before, GroupConfigs.Find, view, Refusal.BadConfig, out var after);
        if (refusal is null && GroupConfigs.WhyIllegal(after, view) is { } problem)
        {
            refusal = Refusal.BadConfig(problem);
        }

        return refusal ?? Record(resource, before, after, records);
    }

    /// <summary>Makes the changes on a copy; the first that cannot be made is the answer.</summary>
    /// <param name="bad">What a bad value is for this kind of resource.</param>
    private static Refusal? Change(
        ConfigChanges changes,
        ImmutableSortedDictionary<string, string> before,
        Func<string, ConfigDefinition?> find,
        BrokerConfigView view,
        Func<string, Refusal> bad,
        out ImmutableSortedDictionary<string, string> after)
    {
        after = changes.Replaces ? NoConfigs : before;
        foreach (var change in changes.Changes)
        {
            if (change.Operation is < Set or > Subtract)
            {
                return new Refusal(ErrorCode.UnknownServerError, null);
            }

            if (change.Operation == Delete)
            {
                after = after.Remove(change.Name);
                continue;
            }

            if (find(change.Name) is not { } definition || change.Name.Length is 0 or > Limits.MaxConfigValueChars)
            {
                return bad($"Unknown config name: {Quoted(change.Name)}");
            }

            var text = change.Value!;
            if (change.Operation is Append or Subtract)
            {
                if (definition.Type != ConfigType.List)
                {
                    return bad($"Can't {(change.Operation == Append ? "APPEND" : "SUBTRACT")} to key {change.Name} because its type is not LIST.");
                }

                text = Combined(after.GetValueOrDefault(change.Name) ?? view.DefaultOf(definition) ?? "", change);
            }

            if (!definition.TryParse(text, out var canonical, out var problem))
            {
                return bad(problem);
            }

            after = after.SetItem(change.Name, canonical);
        }

        return null;
    }

    private static string Combined(string present, ConfigChange change)
    {
        var members = ConfigDefinition.Members(present).ToList();
        foreach (var member in change.Value!.Split(',', StringSplitOptions.TrimEntries))
        {
            if (change.Operation == Subtract)
            {
                members.Remove(member);
            }
            else if (!members.Contains(member, StringComparer.Ordinal))
            {
                members.Add(member);
            }
        }

        return string.Join(',', members);
    }

    private static Refusal? Record(
        ConfigResource resource, ImmutableSortedDictionary<string, string> before, ImmutableSortedDictionary<string, string> after, List<ClusterRecord> records)
    {
        records.AddRange(before.Keys.Where(name => !after.ContainsKey(name)).Select(name => new ClusterRecord.ConfigChanged(resource, name, null)));
        records.AddRange(after.Where(c => before.GetValueOrDefault(c.Key) != c.Value).Select(c => new ClusterRecord.ConfigChanged(resource, c.Key, c.Value)));
        return null;
    }
}

using System.Collections.Immutable;
using Federation.Core.Tenancy;
using Kernel;
using Kernel.Ids;
using Kernel.Machines;

namespace Federation.Core.Homes;

/// <summary>
/// The federation's topics, homes and mirrors, and which regions take part. Owned by the control host, which writes what is decided, applies
/// it, and publishes <see cref="Image"/>. A topic has one home at a time; a region never holds both the home and a copy.
/// </summary>
public sealed class FederationLedger : ILedger<FederationCommand, FederationRecord, FederationReply>
{
    /// <summary>Everything applied so far.</summary>
    public FederationImage Image { get; private set; } = FederationImage.Empty;

    /// <summary>Decides a command. Never changes anything.</summary>
    public Decision<FederationRecord, FederationReply> Decide(FederationCommand command, Now now) => command switch
    {
        FederationCommand.JoinRegion join => Join(join),
        FederationCommand.CreateTopic create => Create(create),
        FederationCommand.NoteHome home => Note(home),
        FederationCommand.DeleteTopic delete => Delete(delete),
        FederationCommand.ForgetTopic forget => Forget(forget),
        _ => Refuse(FederationError.Invalid, $"{command.GetType().Name} is not known here"),
    };

    /// <summary>Applies a record of the log. Never refuses; what is outdated changes nothing but the version.</summary>
    public void Apply(FederationRecord record)
    {
        var image = Image with { Version = Image.Version + 1 };
        Image = record switch
        {
            FederationRecord.RegionJoined joined => image with { Regions = image.Regions.SetItem(joined.Region, joined.Slot) },
            FederationRecord.TopicCreated created => With(image, created),
            FederationRecord.HomeMade made => WithHome(image, made),
            FederationRecord.TopicLeaving leaving => Without(image, ClusterName(leaving.Tenant, leaving.Name)),
            FederationRecord.TopicDeleted deleted => image with { Leaving = image.Leaving.Remove(ClusterName(deleted.Tenant, deleted.Name)) },
            _ => image,
        };
    }

    private static FederationImage With(FederationImage image, FederationRecord.TopicCreated created)
    {
        var topic = TopicOf(created);
        return image with { Topics = image.Topics.SetItem(topic.ClusterName, topic) };
    }

    private static FederationImage WithHome(FederationImage image, FederationRecord.HomeMade made) =>
        image.Topics.TryGetValue(ClusterName(made.Tenant, made.Name), out var topic)
            ? image with { Topics = image.Topics.SetItem(topic.ClusterName, topic with { HomeId = made.TopicId }) }
            : image;

    private static FederationImage Without(FederationImage image, string clusterName) =>
        image.Topics.TryGetValue(clusterName, out var topic)
            ? image with { Topics = image.Topics.Remove(clusterName), Leaving = image.Leaving.SetItem(clusterName, topic) }
            : image;

    private static FederatedTopic TopicOf(FederationRecord.TopicCreated created) => new(
        new TenantId(created.Tenant),
        created.Name,
        created.Partitions,
        new RegionId(created.Home),
        [.. created.Mirrors.Select(m => new RegionId(m))],
        created.FencingEpoch,
        created.Configs.ToImmutableSortedDictionary(StringComparer.Ordinal));

    private Decision<FederationRecord, FederationReply> Join(FederationCommand.JoinRegion join)
    {
        if (!RegionId.IsLegal(join.Region.Name))
        {
            return Refuse(FederationError.Invalid, $"'{join.Region}' is not a region's name: {Names}");
        }

        if (Image.Regions.TryGetValue(join.Region.Name, out var slot))
        {
            return new([], new FederationReply(FederationError.None, Slot: slot));
        }

        slot = Image.Regions.Count;
        return slot < Limits.MaxRegions
            ? new([new FederationRecord.RegionJoined(join.Region.Name, slot)], new FederationReply(FederationError.None, Slot: slot))
            : Refuse(FederationError.Invalid, $"a federation has at most {Limits.MaxRegions} regions");
    }

    private Decision<FederationRecord, FederationReply> Create(FederationCommand.CreateTopic create)
    {
        if (WhyIllegal(create) is { } why)
        {
            return Refuse(FederationError.Invalid, why);
        }

        if (Image.Topics.TryGetValue(ClusterName(create.Tenant, create.Name), out var existing))
        {
            return Refuse(FederationError.Conflict, $"topic {create.Name} exists: {existing.Partitions} partitions, home {existing.Home}");
        }

        if (Image.Leaving.ContainsKey(ClusterName(create.Tenant, create.Name)))
        {
            return Refuse(FederationError.Conflict, $"topic {create.Name} was deleted and is still being removed from the clusters; try again");
        }

        var record = new FederationRecord.TopicCreated(create.Tenant, create.Name, create.Partitions, create.Home, create.Mirrors, FencingEpoch: 1, create.Configs);
        return new([record], new FederationReply(FederationError.None, Topic: TopicOf(record)));
    }

    private Decision<FederationRecord, FederationReply> Note(FederationCommand.NoteHome home)
    {
        if (!Image.Topics.TryGetValue(ClusterName(home.Tenant, home.Name), out var topic))
        {
            return Refuse(FederationError.NotFound, $"tenant {home.Tenant} has no federated topic {home.Name}");
        }

        return topic.HomeId is null
            ? new(
                [new FederationRecord.HomeMade(home.Tenant, home.Name, home.TopicId)],
                new FederationReply(FederationError.None, Topic: topic with { HomeId = home.TopicId }))
            : topic.HomeId == home.TopicId ? new([], new FederationReply(FederationError.None, Topic: topic))
            : Refuse(FederationError.Conflict, $"topic {home.Name} was made in {topic.Home} under another id: {topic.HomeId}");
    }

    private Decision<FederationRecord, FederationReply> Delete(FederationCommand.DeleteTopic delete) =>
        Image.Topics.TryGetValue(ClusterName(delete.Tenant, delete.Name), out var topic)
            ? new([new FederationRecord.TopicLeaving(delete.Tenant, delete.Name)], new FederationReply(FederationError.None, Topic: topic))
            : Refuse(FederationError.NotFound, $"tenant {delete.Tenant} has no federated topic {delete.Name}");

    private Decision<FederationRecord, FederationReply> Forget(FederationCommand.ForgetTopic forget) =>
        Image.Leaving.TryGetValue(ClusterName(forget.Tenant, forget.Name), out var topic)
            ? new([new FederationRecord.TopicDeleted(forget.Tenant, forget.Name)], new FederationReply(FederationError.None, Topic: topic))
            : new([], new FederationReply(FederationError.None));

    /// <summary>As much of a setting's name as a message repeats.</summary>
    private static string Shown(string setting) => setting[..Math.Min(setting.Length, Limits.MaxTopicNameChars)];

    private string? WhyIllegal(FederationCommand.CreateTopic create)
    {
        if (!TenantId.IsLegal(create.Tenant))
        {
            return $"'{create.Tenant}' is not a tenant's name: {Names}";
        }

        if (WhyIllegalTopic(create.Tenant, create.Name) is { } why)
        {
            return why;
        }

        if (create.Partitions is < 1 or > Limits.MaxPartitionsPerRequest)
        {
            return $"a topic has 1 to {Limits.MaxPartitionsPerRequest} partitions, not {create.Partitions}";
        }

        if (create.Configs.FirstOrDefault(config => config.Value is null) is { Key: { } unset })
        {
            return $"the setting {Shown(unset)} has no value";
        }

        if (create.Configs.FirstOrDefault(config => Math.Max(config.Key.Length, config.Value.Length) > Limits.MaxConfigValueChars) is { Key: { } longest })
        {
            return $"the setting {Shown(longest)} or its value is longer than {Limits.MaxConfigValueChars} characters";
        }

        foreach (var region in create.Mirrors.Prepend(create.Home))
        {
            if (region is null || !Image.Regions.ContainsKey(region))
            {
                return $"'{region}' is not a region here; there are {string.Join(", ", Image.Regions.Keys)}";
            }
        }

        return create.Mirrors.Contains(create.Home) ? $"{create.Home} is the home: it needs no mirror"
            : create.Mirrors.Distinct().Count() != create.Mirrors.Count ? "a region is named twice among the mirrors"
            : null;
    }

    /// <summary>Kafka's rule for topic names, with room for the tenant's prefix.</summary>
    private static string? WhyIllegalTopic(string tenant, string name)
    {
        if (name is "" or "." or "..")
        {
            return $"'{name}' is not a topic's name";
        }

        if (TenantNames.IsKafkasOwn(name))
        {
            return $"{name} is Kafka's own: every cluster keeps one of its own, or none";
        }

        var most = Limits.MaxTopicNameChars - tenant.Length - 1;
        if (name.Length > most)
        {
            return $"a topic's name has at most {most} characters here";
        }

        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-'))
            {
                return $"'{c}' may not stand in a topic's name: ASCII letters and digits, '.', '_' and '-' may";
            }
        }

        return null;
    }

    private const string Names = "1 to 32 of a-z, 0-9 and '-', beginning with a letter";

    private static string ClusterName(string tenant, string name) => $"{tenant}.{name}";

    private static Decision<FederationRecord, FederationReply> Refuse(FederationError error, string message) => new([], FederationReply.Refused(error, message));
}

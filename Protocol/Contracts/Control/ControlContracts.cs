using System.Text.Json;
using System.Text.Json.Serialization;

namespace Protocol.Contracts.Control;

/// <summary>Body of `POST /v1/topics`: a federated topic to be made.</summary>
public sealed record CreateTopicBody
{
    /// <summary>The tenant's name for the topic.</summary>
    public string? Name { get; init; }

    /// <summary>1 to 10,000. Absent: 1.</summary>
    public int? Partitions { get; init; }

    /// <summary>The region that accepts writes. Absent: the region that is asked.</summary>
    public string? Home { get; init; }

    /// <summary>Regions with a read-only copy at identical offsets.</summary>
    public string[]? Mirrors { get; init; }

    /// <summary>Whose topic it is. Absent: demo, the tenant of the development ports.</summary>
    public string? Tenant { get; init; }

    /// <summary>Topic settings by Kafka's names.</summary>
    public Dictionary<string, string>? Configs { get; init; }

    /// <summary>Take over a topic that the home's cluster has already, with its records; its own number of partitions counts.</summary>
    public bool Adopt { get; init; }
}

/// <summary>A federated topic, as all regions see it.</summary>
public sealed record TopicResource
{
    public required string Tenant { get; init; }
    public required string Name { get; init; }
    public required int Partitions { get; init; }
    public required string Home { get; init; }
    public required string[] Mirrors { get; init; }

    /// <summary>Rises whenever the home moves.</summary>
    public required long FencingEpoch { get; init; }
    public required Dictionary<string, string> Configs { get; init; }

    /// <summary>"ready" when the home serves it and every mirror was opened, "creating" before, "failed" with a reason.</summary>
    public required string State { get; init; }

    /// <summary>Why the state is what it is; absent when ready.</summary>
    public string? Reason { get; init; }
}

/// <summary>Answer of `GET /v1/topics`.</summary>
public sealed record TopicList(TopicResource[] Topics);

/// <summary>One mirrored partition. Offsets are exclusive ends; -1: not known.</summary>
public sealed record MirrorResource
{
    public required string Tenant { get; init; }
    public required string Topic { get; init; }
    public required int Partition { get; init; }
    public required string Source { get; init; }
    public required string Region { get; init; }

    /// <summary>connecting, catching-up, following or failed.</summary>
    public required string State { get; init; }
    public required long SourceLogEnd { get; init; }
    public required long CopyLogEnd { get; init; }
    public required long LagRecords { get; init; }
    public required long LagMs { get; init; }

    /// <summary>Why it does not go on; absent when nothing is wrong.</summary>
    public string? Error { get; init; }
}

/// <summary>Answer of `GET /v1/mirrors`.</summary>
public sealed record MirrorList(MirrorResource[] Mirrors);

/// <summary>A region's doors.</summary>
public sealed record RegionResource(string Name, string Kafka, string Broker, string Http, bool Ready);

/// <summary>Answer of `GET /v1/regions`.</summary>
public sealed record RegionList(RegionResource[] Regions);

/// <summary>Answer of `GET /health`: degraded with the reasons in words, also while the status is 200.</summary>
public sealed record HealthResource(string Status, string Region, string[] Reasons);

/// <summary>An error, as RFC 9457 (application/problem+json).</summary>
/// <param name="Title">What kind of error.</param>
/// <param name="Detail">What is wrong, and what would be right.</param>
public sealed record Problem(string Title, int Status, string? Detail);

/// <summary>The JSON of the control API: camelCase, nulls left out.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(CreateTopicBody))]
[JsonSerializable(typeof(TopicResource))]
[JsonSerializable(typeof(TopicList))]
[JsonSerializable(typeof(MirrorList))]
[JsonSerializable(typeof(RegionList))]
[JsonSerializable(typeof(HealthResource))]
[JsonSerializable(typeof(Problem))]
public sealed partial class ControlJson : JsonSerializerContext;

using System.Text.RegularExpressions;

namespace Kernel.Ids;

/// <summary>A region's name: 1 to 32 characters of [a-z0-9-], beginning with a letter.</summary>
public readonly partial record struct RegionId(string Name)
{
    public static bool IsLegal(string name) => LegalName().IsMatch(name);
    public override string ToString() => Name;

    [GeneratedRegex("^[a-z][a-z0-9-]{0,31}\\z", RegexOptions.NonBacktracking)]
    private static partial Regex LegalName();
}

/// <summary>
/// A tenant's name: 1 to 32 characters of [a-z0-9-], beginning with a letter. It holds neither '.' nor '_', so the prefix
/// "tenant." of one tenant is never a prefix of another's, also where Kafka treats '.' and '_' as the same.
/// </summary>
public readonly partial record struct TenantId(string Name)
{
    /// <summary>The tenant of the development ports: whose topics and schemas those are that nobody says more about.</summary>
    public static readonly TenantId Development = new("demo");

    public static bool IsLegal(string name) => LegalName().IsMatch(name);
    public override string ToString() => Name;

    [GeneratedRegex("^[a-z][a-z0-9-]{0,31}\\z", RegexOptions.NonBacktracking)]
    private static partial Regex LegalName();
}

/// <summary>A broker's number within its cluster, 0 or above.</summary>
public readonly record struct NodeId(int Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>A topic's identity (KIP-516): a topic deleted and made again under the same name has another one. Never zero.</summary>
public readonly record struct TopicId(Guid Value)
{
    public override string ToString() => Value.ToString();
}

/// <summary>A partition of a topic, by name.</summary>
public readonly record struct TopicPartition(string Topic, int Partition)
{
    public override string ToString() => $"{Topic}-{Partition}";
}

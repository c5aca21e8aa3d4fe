namespace Broker.Core.Metadata;

/// <summary>What can be configured; the numbers are Kafka's.</summary>
public enum ConfigResourceType : sbyte
{
    Topic = 2,
    Broker = 4,
    BrokerLogger = 8,
    ClientMetrics = 16,
    Group = 32,
}

/// <summary>One thing that can be configured. A broker's name is its id; the empty name is the default of all brokers.</summary>
public readonly record struct ConfigResource(ConfigResourceType Type, string Name) : IComparable<ConfigResource>
{
    public int CompareTo(ConfigResource other)
        => Type != other.Type ? Type.CompareTo(other.Type) : string.CompareOrdinal(Name, other.Name);
}

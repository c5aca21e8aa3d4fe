namespace Federation.Core.Tenancy;

/// <summary>Kafka's resource type numbers, as DescribeConfigs uses them.</summary>
public static class ResourceTypes
{
    public const sbyte Topic = 2;
    public const sbyte Broker = 4;
    public const sbyte BrokerLogger = 8;
    public const sbyte ClientMetrics = 16;
    public const sbyte Group = 32;
}

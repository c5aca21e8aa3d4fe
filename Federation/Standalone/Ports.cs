using System.Net;

namespace Federation.Standalone;

/// <summary>The ports of a region by its number, from 0: each 100 above the region before, all shifted by the offset. Pure.</summary>
/// <param name="Region">0 or above.</param>
/// <param name="Offset">Added to every port.</param>
public readonly record struct Ports(int Region, int Offset)
{
    /// <summary>Where tenants' Kafka clients connect.</summary>
    public int Kafka => 9092 + Shift;

    /// <summary>The region's broker itself.</summary>
    public int Broker => 19092 + Shift;

    /// <summary>The region's front door: health, metrics, the control API, and the schema registry under /registry.</summary>
    public int Http => 8080 + Shift;

    /// <summary>Behind the front door: health, metrics and the control API themselves.</summary>
    public int Control => 8082 + Shift;

    /// <summary>The schema registry.</summary>
    public int Registry => 8081 + Shift;

    /// <summary>Where other regions' links come in.</summary>
    public int Link => 18080 + Shift;

    /// <summary>Each with what it is for, as people are told.</summary>
    public IReadOnlyList<(int Port, string Use)> All =>
    [
        (Kafka, "tenants' Kafka clients"), (Broker, "the broker"), (Http, "HTTP"), (Registry, "the schema registry"), (Control, "the control API"),
        (Link, "other regions' links"),
    ];

    /// <summary>All of them are ports.</summary>
    public bool AreLegal => Http > 0 && Broker <= IPEndPoint.MaxPort;

    private int Shift => (100 * Region) + Offset;
}

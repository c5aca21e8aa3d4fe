using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Federation.Core.Connections;

/// <summary>
/// Which versions of which APIs a gateway serves: those that it knows (<see cref="ServedApis"/>) and every broker behind it serves too.
/// ApiVersions is the gateway's own. Immutable; swapped whole when the brokers change.
/// </summary>
public sealed class ApiVersionTable
{
    // Kafka advertises Produce from 0 though it serves it from 3: librdkafka before 2.12 looks at version 0 to see whether it may compress.
    private const short ProduceShownFrom = 0;
    private const short ProduceServedFrom = 3;

    private readonly VersionRange[] _served = new VersionRange[128];

    private ApiVersionTable()
    {
    }

    /// <summary>What the gateway could serve in front of a broker that serves everything.</summary>
    public static ApiVersionTable Known { get; } = OfKnown();

    /// <summary>The part of this table that a broker with these ranges serves too.</summary>
    public ApiVersionTable Intersect(IReadOnlyList<ApiVersionsResponse.ApiVersion> broker)
    {
        var table = new ApiVersionTable();
        Array.Fill(table._served, VersionRange.None);
        foreach (var range in broker)
        {
            if ((uint)range.ApiKey < (uint)_served.Length)
            {
                table._served[range.ApiKey] = _served[range.ApiKey].Intersect(new(range.MinVersion, range.MaxVersion));
            }
        }

        table._served[(int)ApiKey.ApiVersions] = _served[(int)ApiKey.ApiVersions];
        return table;
    }

    /// <summary>Whether requests of this key and version are served.</summary>
    public bool Serves(short key, short version) => (uint)key < (uint)_served.Length && _served[key].Contains(version);

    /// <summary>The table as clients are shown it, by rising key.</summary>
    public List<ApiVersionsResponse.ApiVersion> Shown()
    {
        var shown = new List<ApiVersionsResponse.ApiVersion>();
        foreach (var (key, _) in ServedApis.All)
        {
            var range = _served[(int)key];
            if (range.Max >= range.Min)
            {
                var from = key == ApiKey.Produce ? ProduceShownFrom : range.Min;
                shown.Add(new() { ApiKey = (short)key, MinVersion = from, MaxVersion = range.Max });
            }
        }

        return shown;
    }

    private static ApiVersionTable OfKnown()
    {
        var table = new ApiVersionTable();
        Array.Fill(table._served, VersionRange.None);
        foreach (var (key, _) in ServedApis.All)
        {
            if (MessageCatalog.TryFind((short)key, out var info))
            {
                table._served[(int)key] = key == ApiKey.Produce ? info.Versions.Intersect(new(ProduceServedFrom, short.MaxValue)) : info.Versions;
            }
        }

        return table;
    }
}

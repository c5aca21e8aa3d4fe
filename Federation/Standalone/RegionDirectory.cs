using System.Collections.Immutable;
using Federation.Core.Homes;
using Federation.Core.Regions;
using Kernel.Ids;

namespace Federation.Standalone;

/// <summary>
/// The regions of this process for their front doors, in memory: addresses from the ports, registries from the topic that is their log (the first
/// tenant's that has one), as the ledger has it now. Made before the doors, disposed after them.
/// </summary>
internal sealed class RegionDirectory : IRegionView, IDisposable
{
    private readonly UpOptions _options;
    private readonly IReadOnlyList<TenantId> _tenants;
    private readonly IFederationView _ledger;
    private readonly Lock _gate = new();
    private volatile RegionTable _table = RegionTable.Empty;

    public RegionDirectory(UpOptions options, IReadOnlyList<TenantId> tenants, IFederationView ledger)
    {
        _options = options;
        _tenants = tenants;
        _ledger = ledger;
        _ledger.Changed += OnLedgerChanged;
        OnLedgerChanged();
    }

    public event Action? Changed;

    public RegionTable Table => _table;

    public void Dispose() => _ledger.Changed -= OnLedgerChanged;

    private void OnLedgerChanged()
    {
        lock (_gate)
        {
            var table = Describe();
            if (table.Equals(_table))
            {
                return;
            }

            _table = table;
        }

        Changed?.Invoke();
    }

    private RegionTable Describe()
    {
        var topics = _ledger.Image.Topics;
        var log = _tenants.Select(tenant => topics.GetValueOrDefault(Registries.ClusterTopicOf(tenant))).FirstOrDefault(topic => topic is not null);
        return new RegionTable(
            [.. _options.Regions.Select((region, i) => Describe(region, new Ports(i, _options.PortOffset), log))],
            log?.Home);
    }

    private static RegionEntry Describe(RegionId region, Ports ports, FederatedTopic? log)
    {
        var hasRegistry = log is not null && (log.Home == region || log.Mirrors.Contains(region));
        return new RegionEntry(region, Loopback(ports.Control), hasRegistry ? Loopback(ports.Registry) : null);
    }

    private static Uri Loopback(int port) => new($"http://127.0.0.1:{port}");
}

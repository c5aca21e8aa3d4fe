using System.Collections.Concurrent;
using Federation.Core.Tenancy;
using Kernel;

namespace Federation.Gateway;

/// <summary>
/// Remembers the encrypted form of topic ids that the cluster has named, so that the cipher runs once a topic and not once a fetch. What
/// a tenant invents is computed and not remembered. Safe for any thread.
/// </summary>
internal sealed class TopicIdTable : IDisposable
{
    private readonly ConcurrentDictionary<Guid, Guid> _toTenant = new();
    private readonly ConcurrentDictionary<Guid, Guid> _toCluster = new();
    private readonly Lock _gate = new();
    private readonly TopicIdCipher _cipher;
    private int _count;

    public TopicIdTable(TopicIdCipher cipher)
    {
        _cipher = cipher;
        ToTenant = TenantOf;
        ToCluster = ClusterOf;
    }

    /// <summary>The tenant's id for the cluster's.</summary>
    public Func<Guid, Guid> ToTenant { get; }

    /// <summary>The cluster's id for the tenant's.</summary>
    public Func<Guid, Guid> ToCluster { get; }

    public void Dispose() => _cipher.Dispose();

    private Guid TenantOf(Guid id)
    {
        if (id == Guid.Empty)
        {
            return id;
        }

        if (_toTenant.TryGetValue(id, out var known))
        {
            return known;
        }

        lock (_gate)
        {
            known = _cipher.ToTenant(id);
            if (_count >= Limits.MaxRememberedTopicIds)
            {
                _toTenant.Clear();
                _toCluster.Clear();
                _count = 0;
            }

            if (_toTenant.TryAdd(id, known))
            {
                _toCluster[known] = id;
                _count++;
            }
        }

        return known;
    }

    private Guid ClusterOf(Guid id)
    {
        if (id == Guid.Empty)
        {
            return id;
        }

        if (_toCluster.TryGetValue(id, out var known))
        {
            return known;
        }

        lock (_gate)
        {
            return _cipher.ToCluster(id);
        }
    }
}

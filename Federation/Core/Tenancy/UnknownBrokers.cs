using System.Globalization;

namespace Federation.Core.Tenancy;

/// <summary>
/// The brokers that a tenant's request names and that are not its virtual one. On the cluster each becomes an id that no broker has, and different
/// ones stay different; where the cluster's texts repeat such an id, the tenant reads its own. Made per request; not shared between threads.
/// </summary>
public sealed class UnknownBrokers
{
    private readonly Dictionary<int, int> _numbers = [];
    private readonly List<int> _ids = [];

    /// <summary>Whether the request names any.</summary>
    public bool Any => _ids.Count > 0;

    /// <summary>The id on the cluster.</summary>
    public int ToCluster(int id)
    {
        if (!_numbers.TryGetValue(id, out var number))
        {
            _numbers.Add(id, number = _ids.Count);
            _ids.Add(id);
        }

        return ToClusterVisitor.NoBroker - number;
    }

    /// <summary>The tenant's id for a word of an error text; null for any other word.</summary>
    public string? ToTenant(string word) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && ToClusterVisitor.NoBroker - id < _ids.Count
            ? _ids[ToClusterVisitor.NoBroker - id].ToString(CultureInfo.InvariantCulture)
            : null;
}

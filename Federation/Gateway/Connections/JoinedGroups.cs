using Kernel;

namespace Federation.Gateway.Connections;

/// <summary>
/// The protocol types under which a connection joined its groups. Old versions of SyncGroup do not say it, and only the consumer protocol's
/// bytes hold names of topics. Safe for any thread.
/// </summary>
internal sealed class JoinedGroups
{
    private readonly Dictionary<string, string> _protocolTypes = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    public void Joined(string group, string protocolType)
    {
        lock (_gate)
        {
            if (_protocolTypes.Count >= Limits.MaxJoinedGroupsPerConnection && !_protocolTypes.ContainsKey(group))
            {
                _protocolTypes.Clear();
            }

            _protocolTypes[group] = protocolType;
        }
    }

    /// <summary>The protocol type; null when this connection did not join the group.</summary>
    public string? ProtocolType(string group)
    {
        lock (_gate)
        {
            return _protocolTypes.GetValueOrDefault(group);
        }
    }
}

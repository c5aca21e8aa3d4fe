using Federation.Core.Connections;
using Federation.Core.Tenancy;
using Kernel.Ids;

namespace Federation.Gateway;

/// <summary>The tenant of a listener with everything that its requests and answers are translated by. Safe for any thread.</summary>
internal sealed class Tenant(TenantView view, TopicIdTable topicIds, Func<string, bool> isFederated, Func<string, RegionId?> homeOfCopy)
{
    private readonly FetchSessions _sessions = new();
    private readonly Lock _sessionsGate = new();

    public TenantView View => view;

    public TenantNames Names => view.Names;

    public TopicIdTable TopicIds => topicIds;

    public AnswerFilter Filter { get; } = new(view);

    public ConfigView Configs { get; } = new(view);

    /// <summary>Whether the cluster's topic is the tenant's, and one that the federation keeps in this region.</summary>
    public bool IsFederated(string clusterName) => view.Names.Owns(clusterName) && isFederated(clusterName);

    /// <summary>The home of the cluster's topic if it is the tenant's and a copy; null for every other.</summary>
    public RegionId? HomeOfCopy(string clusterName) => view.Names.Owns(clusterName) ? homeOfCopy(clusterName) : null;

    /// <summary>Whether a fetch may go on with the session that it names.</summary>
    public FetchSessionVerdict DecideSession(int id, int epoch, bool singleBroker)
    {
        lock (_sessionsGate)
        {
            return _sessions.Decide(id, epoch, singleBroker);
        }
    }

    /// <summary>Notes the session that a broker's answer names; 0 is none.</summary>
    public void SessionOpened(int id)
    {
        if (id != 0)
        {
            lock (_sessionsGate)
            {
                _sessions.Opened(id);
            }
        }
    }
}

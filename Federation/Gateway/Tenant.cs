using Federation.Core.Tenancy;

namespace Federation.Gateway;

/// <summary>The tenant of a listener with everything that its requests and answers are translated by. Safe for any thread.</summary>
internal sealed class Tenant(TenantView view, TopicIdTable topicIds)
{
    public TenantView View => view;

    public TenantNames Names => view.Names;

    public TopicIdTable TopicIds => topicIds;

    public AnswerFilter Filter { get; } = new(view);

    public ConfigView Configs { get; } = new(view);
}

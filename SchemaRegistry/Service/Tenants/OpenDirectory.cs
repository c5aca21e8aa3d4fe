namespace SchemaRegistry.Service.Tenants;

/// <summary>For development: everybody may do everything in one tenant, whatever credentials they bring. Other tenants do not exist.</summary>
public sealed class OpenDirectory(string tenant) : ITenantDirectory
{
    public IReadOnlyCollection<string> Names { get; } = [tenant];

    public TenantAnswer Find(TenantQuestion question) =>
        question.PathTenant is null || question.PathTenant == tenant ? new(200, tenant, OpenRights.All) : TenantAnswer.NotFound;
}

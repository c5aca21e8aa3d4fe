namespace SchemaRegistry.Service.State;

/// <summary>The registries of all tenants that were asked for.</summary>
internal interface ITenantRegistries
{
    /// <summary>The registry of a tenant, which the directory knows; opened when first asked for.</summary>
    Tenant Of(string tenant);

    /// <summary>What sends writes to another region's registry, over the same log.</summary>
    Http.PrimaryForwarder To(Uri primary);

    /// <summary>Where all requests of a tenant in mode FORWARD go; null for nowhere.</summary>
    Http.PrimaryForwarder? Forward { get; }
}

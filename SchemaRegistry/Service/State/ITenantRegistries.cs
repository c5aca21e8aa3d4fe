namespace SchemaRegistry.Service.State;

/// <summary>The registries of all tenants that were asked for.</summary>
internal interface ITenantRegistries
{
    /// <summary>The registry of a tenant, which the directory knows; opened when first asked for.</summary>
    Tenant Of(string tenant);

    /// <summary>Where writes go when this node's region is not the one that writes; null where it is.</summary>
    Http.PrimaryForwarder? Primary { get; }

    /// <summary>Where all requests of a tenant in mode FORWARD go; null for nowhere.</summary>
    Http.PrimaryForwarder? Forward { get; }
}

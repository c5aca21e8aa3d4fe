using SchemaRegistry.Service.Linking;

namespace SchemaRegistry.Service.State;

/// <summary>What runs for one tenant.</summary>
internal sealed class Tenant(TenantRegistry registry, ExporterRunner exporters) : IAsyncDisposable
{
    public TenantRegistry Registry => registry;

    public ExporterRunner Exporters => exporters;

    public async ValueTask DisposeAsync()
    {
        await exporters.DisposeAsync();
        await registry.DisposeAsync();
    }
}

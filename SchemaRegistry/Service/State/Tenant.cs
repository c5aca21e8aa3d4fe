using SchemaRegistry.Service.Linking;

namespace SchemaRegistry.Service.State;

/// <summary>What runs for one tenant.</summary>
internal sealed class Tenant(TenantRegistry registry, ExporterRunner exporters, Func<WriteHome> home) : IAsyncDisposable
{
    public TenantRegistry Registry => registry;

    public ExporterRunner Exporters => exporters;

    /// <summary>Where the log is written at this moment.</summary>
    public WriteHome Home => home();

    public async ValueTask DisposeAsync()
    {
        try
        {
            await exporters.DisposeAsync();
        }
        finally
        {
            await registry.DisposeAsync();
        }
    }
}

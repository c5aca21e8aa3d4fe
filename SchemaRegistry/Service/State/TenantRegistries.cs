using System.Collections.Concurrent;
using SchemaRegistry.Service.Http;

namespace SchemaRegistry.Service.State;

/// <summary>Opens registries when they are first asked for, and closes them all.</summary>
internal sealed class TenantRegistries(Func<string, TenantRegistry> open, PrimaryForwarder? primary) : ITenantRegistries, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<TenantRegistry>> _registries = new(StringComparer.Ordinal);

    public PrimaryForwarder? Primary => primary;

    public IEnumerable<TenantRegistry> Opened => _registries.Values.Where(registry => registry.IsValueCreated).Select(registry => registry.Value);

    public TenantRegistry Of(string tenant) => _registries.GetOrAdd(tenant, name => new Lazy<TenantRegistry>(() => open(name))).Value;

    public async ValueTask DisposeAsync()
    {
        foreach (var registry in Opened)
        {
            await registry.DisposeAsync();
        }
    }
}

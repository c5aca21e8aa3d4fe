using System.Collections.Concurrent;
using SchemaRegistry.Service.Http;

namespace SchemaRegistry.Service.State;

/// <summary>Opens registries when they are first asked for, and closes them all.</summary>
internal sealed class TenantRegistries(Func<string, Tenant> open, HttpClient client, PrimaryForwarder? forward) : ITenantRegistries, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<Tenant>> _registries = new(StringComparer.Ordinal);

    public PrimaryForwarder? Forward => forward;

    public IEnumerable<Tenant> Opened => _registries.Values.Where(registry => registry.IsValueCreated).Select(registry => registry.Value);

    public Tenant Of(string tenant) => _registries.GetOrAdd(tenant, name => new Lazy<Tenant>(() => open(name))).Value;

    public PrimaryForwarder To(Uri primary) => new(primary, client);

    /// <summary>Closes every one, though another cannot be closed. Throws the first failure.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(Opened.Select(registry => registry.DisposeAsync().AsTask()));
}

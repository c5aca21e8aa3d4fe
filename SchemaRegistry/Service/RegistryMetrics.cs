using System.Globalization;
using System.Text;
using SchemaRegistry.Service.State;

namespace SchemaRegistry.Service;

/// <summary>Counters of a node, in the text format of Prometheus. Thread-safe.</summary>
public sealed class RegistryMetrics
{
    private readonly long[] _byClass = new long[6];

    public void Answered(int status) => Interlocked.Increment(ref _byClass[Math.Clamp(status / 100, 0, 5)]);

    /// <summary>All counters, and the state of the tenants' registries.</summary>
    public string Text(IEnumerable<TenantRegistry> registries)
    {
        var text = new StringBuilder();
        text.Append("# TYPE schema_registry_requests_total counter\n");
        for (var i = 2; i < _byClass.Length; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"schema_registry_requests_total{{status=\"{i}xx\"}} {Interlocked.Read(ref _byClass[i])}\n");
        }

        TenantRegistry[] tenants = [.. registries];
        Gauge(text, "schema_registry_applied_offset", tenants, registry => registry.Applied);
        Gauge(text, "schema_registry_subjects", tenants, registry => registry.Image.Subjects.Count);
        Gauge(text, "schema_registry_overwritten_keys", tenants, registry => registry.OverwrittenKeys);
        Gauge(text, "schema_registry_ready", tenants, registry => registry.CaughtUp.IsCompletedSuccessfully ? 1 : 0);
        Gauge(text, "schema_registry_log_in_trouble", tenants, registry => registry.Trouble is null ? 0 : 1);
        return text.ToString();
    }

    private static void Gauge(StringBuilder text, string name, TenantRegistry[] tenants, Func<TenantRegistry, long> value)
    {
        text.Append(CultureInfo.InvariantCulture, $"# TYPE {name} gauge\n");
        foreach (var registry in tenants)
        {
            var label = registry.Tenant.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
            text.Append(CultureInfo.InvariantCulture, $"{name}{{tenant=\"{label}\"}} {value(registry)}\n");
        }
    }
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Protocol.Contracts.Control;

namespace Federation.Control.Http;

/// <summary>Whether the region serves, in words, and its metrics.</summary>
internal static class HealthEndpoints
{
    private const string PrometheusText = "text/plain; version=0.0.4; charset=utf-8";

    public static void Map(WebApplication app, RegionHttpOptions options)
    {
        // Degraded still serves: another region's absence must not take this one out of rotation.
        app.MapMethods("/health", Reads.Methods, () =>
            Results.Json(Health(options), ControlJson.Default.HealthResource, statusCode: options.IsReady() ? 200 : 503));
        app.MapMethods("/health/live", Reads.Methods, () => Results.Text("live"));
        app.MapMethods("/health/ready", Reads.Methods, () => options.IsReady() ? Results.Text("ready") : Results.Text("starting", statusCode: 503));
        app.MapMethods("/metrics", Reads.Methods, () =>
        {
            var text = new StringWriter();
            options.WriteMetrics(text);
            return Results.Text(text.ToString(), PrometheusText);
        });
    }

    private static HealthResource Health(RegionHttpOptions options)
    {
        var troubles = options.Control.Troubles(options.Region);
        var status = !options.IsReady() ? "starting" : troubles.Count > 0 ? "degraded" : "ready";
        return new HealthResource(status, options.Region.Name, [.. troubles]);
    }
}

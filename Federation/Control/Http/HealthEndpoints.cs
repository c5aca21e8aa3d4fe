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
        app.MapGet("/health", () => Results.Json(Health(options), ControlJson.Default.HealthResource, statusCode: options.IsReady() ? 200 : 503));
        app.MapGet("/health/live", () => Results.Text("live"));
        app.MapGet("/health/ready", () => options.IsReady() ? Results.Text("ready") : Results.Text("starting", statusCode: 503));
        app.MapGet("/metrics", async context =>
        {
            context.Response.ContentType = PrometheusText;
            var text = new StringWriter();
            options.WriteMetrics(text);
            await context.Response.WriteAsync(text.ToString()).ConfigureAwait(false);
        });
    }

    private static HealthResource Health(RegionHttpOptions options)
    {
        var troubles = options.Control.Troubles(options.Region);
        var status = !options.IsReady() ? "starting" : troubles.Count > 0 ? "degraded" : "ready";
        return new HealthResource(status, options.Region.Name, [.. troubles]);
    }
}

using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Loadtests.Registry;

/// <summary>
/// The limit that the registry is measured against: Kestrel, set as the registry sets it, that answers one constant body to every request.
/// A process of its own, `Loadtests bare PORT BYTES`, so that both servers are measured alike.
/// </summary>
internal static class BareEndpoint
{
    /// <summary>Serves until standard input ends.</summary>
    public static async Task<int> ServeAsync(int port, int bodyBytes)
    {
        var body = Enumerable.Repeat((byte)'x', bodyBytes).ToArray();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddLogging();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        await using var web = builder.Build();
        web.Run(async http =>
        {
            http.Response.ContentType = "application/vnd.schemaregistry.v1+json";
            http.Response.ContentLength = body.Length;
            await http.Response.BodyWriter.WriteAsync(body).ConfigureAwait(false);
        });
        await web.StartAsync().ConfigureAwait(false);
        Console.WriteLine("ready");
        await Console.In.ReadToEndAsync().ConfigureAwait(false);
        await web.StopAsync().ConfigureAwait(false);
        return 0;
    }

    /// <summary>Starts it; returns when it serves. Ends when its standard input is closed.</summary>
    public static Process Start(int port, int bodyBytes)
    {
        var process = Process.Start(new ProcessStartInfo("dotnet", [typeof(BareEndpoint).Assembly.Location, "bare", $"{port}", $"{bodyBytes}"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        return process.StandardOutput.ReadLine() == "ready" ? process : throw new InvalidOperationException("the bare endpoint did not start");
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Tests.Unit.HttpDoor;

/// <summary>What a service behind the door received.</summary>
internal sealed record Arrived(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>A service behind the door: notes what arrives and answers as it is told. Keeps its port when it is stopped and started again.</summary>
internal sealed class FakeService : IAsyncDisposable
{
    private readonly string _name;
    private WebApplication? _app;

    private FakeService(string name) => _name = name;

    /// <summary>Requests in the order in which they came, probes left out.</summary>
    public ConcurrentQueue<Arrived> Requests { get; } = [];

    /// <summary>Probes that came.</summary>
    public int Probes;

    public int Port { get; private set; }

    public Uri Url => new($"http://127.0.0.1:{Port}");

    /// <summary>Answers all but probes.</summary>
    public Func<HttpContext, Task> Handler { get; set; } = null!;

    /// <summary>Answers probes.</summary>
    public Func<HttpContext, Task> Health { get; set; } = _ => Task.CompletedTask;

    public static async Task<FakeService> StartAsync(string name)
    {
        var service = new FakeService(name);
        service.Handler = http =>
        {
            http.Response.ContentLength = service._name.Length;
            return http.Response.WriteAsync(service._name);
        };

        // Below the range from which the system takes ports for outgoing connections, so that a stopped service finds its port again.
        foreach (var port in Enumerable.Range(20_000, 12_000).OrderBy(_ => Random.Shared.Next()))
        {
            service.Port = port;
            try
            {
                await service.StartAsync();
                return service;
            }
            catch (IOException)
            {
                // Taken.
            }
        }

        throw new InvalidOperationException("no free port");
    }

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, Port);
        });
        var app = builder.Build();
        app.Run(AnswerAsync);
        try
        {
            await app.StartAsync();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        _app = app;
    }

    /// <summary>Stops listening and breaks what is under way.</summary>
    public async Task StopAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app!.StopAsync(now.Token);
        await _app.DisposeAsync();
        _app = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await StopAsync();
        }
    }

    private async Task AnswerAsync(HttpContext http)
    {
        if (http.Request.Path == "/health" && http.Request.Headers.UserAgent.ToString().Contains("Health Check", StringComparison.Ordinal))
        {
            Interlocked.Increment(ref Probes);
            await Health(http);
            return;
        }

        using var body = new StreamReader(http.Request.Body);
        string text;
        try
        {
            text = await body.ReadToEndAsync();
        }
        catch (Exception e) when (e is IOException or BadHttpRequestException or OperationCanceledException)
        {
            text = "(broken off)";
        }

        Requests.Enqueue(new Arrived(
            http.Request.Method,
            http.Features.Get<IHttpRequestFeature>()!.RawTarget,
            http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            text));
        try
        {
            await Handler(http);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // The door has gone away.
        }
    }
}

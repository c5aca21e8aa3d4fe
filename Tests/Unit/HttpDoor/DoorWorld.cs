using System.Net;
using System.Net.Sockets;
using System.Text;
using Federation.Core.Regions;
using Federation.Gateway.Http;
using Kernel.Ids;

namespace Tests.Unit.HttpDoor;

/// <summary>A region table that tests change.</summary>
internal sealed class FakeRegions(RegionTable table) : IRegionView
{
    private volatile RegionTable _table = table;

    public RegionTable Table
    {
        get => _table;
        set
        {
            _table = value;
            Changed?.Invoke();
        }
    }

    public event Action? Changed;
}

/// <summary>
/// The door of eu before fakes: eu's control API, and registries of eu, us (the home) and ap. Probes are sent when a test asks for them, and
/// at no other time once the first have ended.
/// </summary>
internal sealed class DoorWorld : IAsyncDisposable
{
    private static readonly string[] Names = ["eu", "ap", "us"];

    private DoorWorld(FakeService control, Dictionary<string, FakeService> registries, FakeRegions regions, FrontDoor door)
    {
        Control = control;
        Registries = registries;
        Regions = regions;
        Door = door;
        Http = new HttpClient { BaseAddress = door.Url };
    }

    public FakeService Control { get; }

    public Dictionary<string, FakeService> Registries { get; }

    public FakeService Eu => Registries["eu"];

    public FakeService Us => Registries["us"];

    public FakeService Ap => Registries["ap"];

    public FakeRegions Regions { get; }

    public FrontDoor Door { get; }

    public HttpClient Http { get; }

    public static async Task<DoorWorld> OpenAsync(Func<FrontDoorOptions, FrontDoorOptions>? change = null)
    {
        var control = await FakeService.StartAsync("control");
        var registries = new Dictionary<string, FakeService>();
        foreach (var name in Names)
        {
            registries[name] = await FakeService.StartAsync(name);
        }

        var regions = new FakeRegions(TableOf(control, registries, Names));
        var options = new FrontDoorOptions
        {
            Region = new RegionId("eu"),
            Bind = new IPEndPoint(IPAddress.Loopback, 0),
            Regions = regions,
            ProbeInterval = TimeSpan.FromHours(1),
            ProbeTimeout = TimeSpan.FromSeconds(20),
            ReactivationPeriod = TimeSpan.FromHours(1),
        };
        var door = await FrontDoor.StartAsync(change is null ? options : change(options));
        await door.ProbeAsync();
        var world = new DoorWorld(control, registries, regions, door);

        // The door's own first round may still be under way, and a verdict of it would come in the middle of a test.
        await UntilAsync(() => Task.FromResult(PassingTests.Metric(world, "federation_frontdoor_probe_rounds_total{region=\"eu\"}") >= 2), "the first probes did not end");
        return world;
    }

    public RegionTable TableOf(params string[] names) => TableOf(Control, Registries, names);

    /// <summary>Sends a request; status and text of its answer.</summary>
    public async Task<(int Status, string Text)> SendAsync(string method, string path, HttpContent? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body };
        using var answer = await Http.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Writes bytes on a connection of its own; everything that comes until the door closes it.</summary>
    public async Task<string> SendRawAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Door.Url.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>Repeats until it holds: for what follows from an event that the door does not show.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, string otherwise)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            Assert.False(late.IsCancellationRequested, otherwise);
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        foreach (var service in Registries.Values.Append(Control))
        {
            await service.DisposeAsync();
        }

        await Door.DisposeAsync();
    }

    private static RegionTable TableOf(FakeService control, Dictionary<string, FakeService> registries, string[] names) => new(
        [.. names.Select(name => new RegionEntry(new RegionId(name), control.Url, registries[name].Url))],
        new RegionId("us"));
}

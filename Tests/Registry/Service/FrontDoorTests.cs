using System.Net;
using System.Text;
using Federation.Core.Regions;
using Federation.Gateway.Http;
using Kernel;
using Kernel.Ids;
using SchemaRegistry.Service;
using SchemaRegistry.Service.Log;
using SchemaRegistry.Service.Tenants;
using Xunit;

namespace Tests.Registry.Service;

/// <summary>Registries of two regions behind a region's HTTP front door, over one log.</summary>
public class FrontDoorTests
{
    [Fact]
    public async Task The_api_is_the_same_behind_the_door()
    {
        await using var eu = await RegistryHost.StartAsync();
        await using var door = await OpenAsync(eu);
        using var client = new HttpClient(SeenCalls.Handler());
        (await SendAsync(client, door, "POST", "/subjects/a%2Fb%252F/versions", RegistryHost.Schema("a"))).Is("{\"id\":1}");
        (await SendAsync(client, door, "GET", "/subjects")).Is("[\"a/b%2F\"]");
        (await eu.GetAsync("/subjects/a%2Fb%252F/versions")).Is("[1]");
        (await SendAsync(client, door, "GET", "/schemas/ids/1/schema")).Is("a");
        (await SendAsync(client, door, "GET", "/schemas/ids/2")).IsError(404, 40403);
        (await SendAsync(client, door, "PATCH", "/subjects")).IsError(405, 405);
        (await SendAsync(client, door, "GET", "/subjects?deletedOnly=TRUE&limit=x")).IsError(404, 404);
        (await SendAsync(client, door, "GET", "/metrics")).IsError(404, 404);
        Assert.Contains("schema_registry_subjects", (await eu.GetAsync("/metrics")).Text, StringComparison.Ordinal);

        // A body at the limit reaches the registry, which says what it thinks of it; a longer one gets the registry's words from the door.
        var space = new string(' ', Limits.MaxSchemaRequestBytes - 2);
        (await SendAsync(client, door, "POST", "/subjects/s/versions", "{" + space + "}")).IsError(422, 42201);
        (await SendAsync(client, door, "POST", "/subjects/s/versions", "{" + space + " }")).IsError(413, 413, "HTTP 413 Request Entity Too Large");
    }

    [Fact]
    public async Task Tenants_are_found_by_the_clients_host_name_and_credentials()
    {
        var password = FileTenantDirectory.Hash("secret");
        var all = "\"permissions\":[{\"operations\":[\"*\"]}]";
        var directory = FileTenantDirectory.Parse(Encoding.UTF8.GetBytes(
            $"{{\"tenants\":[{{\"name\":\"acme\",\"hosts\":[\"acme.test\"],\"users\":[{{\"name\":\"alice\",\"password\":\"{password}\",{all}}}]}},{{\"name\":\"other\"}}]}}"));
        await using var eu = await RegistryHost.StartAsync(options => options with { Directory = directory });
        await using var door = await OpenAsync(eu);
        using var client = new HttpClient(SeenCalls.Handler());
        (string, string)[] alice = [("Host", "acme.test"), ("Authorization", "Basic " + Convert.ToBase64String("alice:secret"u8))];
        (await SendAsync(client, door, "POST", "/subjects/s/versions", RegistryHost.Schema("a"), alice)).Is("{\"id\":1}");
        (await SendAsync(client, door, "GET", "/tenants/acme/subjects", null, alice)).Is("[\"s\"]");
        (await SendAsync(client, door, "GET", "/tenants/other/subjects", null, alice)).IsError(401, 401);
        (await SendAsync(client, door, "GET", "/subjects", null, ("Host", "acme.test"))).IsError(401, 401);
        Assert.Equal(["s"], eu.Node.Registry("acme").Image.Subjects.Keys.Select(subject => subject.ToString()));
    }

    [Fact]
    public async Task Another_regions_registry_stands_in_and_knows_what_was_written()
    {
        var storage = new MemorySchemaLog.Storage();
        await using var us = new Stoppable(await RegistryHost.StartAsync(storage: storage));
        await using var eu = new Stoppable(await StartOnFreePortAsync(options => options with { HomeOf = _ => WriteHome.At(us.Host.Node.Url) }, storage));
        var port = eu.Host.Node.Url.Port;
        await using var door = await OpenAsync(eu.Host, us.Host);
        using var client = new HttpClient(SeenCalls.Handler());
        var written = await SendAsync(client, door, "POST", "/subjects/s/versions", RegistryHost.Schema("a1?"));
        written.Is("{\"id\":1}");
        await eu.DisposeAsync();
        (await SendAsync(client, door, "GET", "/schemas/ids/1/schema", null, ("Federation-Schema-Offset", written.Offset!))).Is("a1?");
        (await SendAsync(client, door, "POST", "/subjects/s/versions", RegistryHost.Schema("a1? a2?"))).Is("{\"id\":2}");
        await us.DisposeAsync();
        (await SendAsync(client, door, "GET", "/subjects")).IsError(503, 503, "No schema registry can be reached: neither eu's nor another region's");

        // It comes back where it was.
        await using var back = await RegistryHost.StartAsync(options => options with { Port = port }, storage);
        await door.ProbeAsync();
        (await SendAsync(client, door, "GET", "/subjects/s/versions")).Is("[1,2]");
    }

    [Fact]
    public async Task Reads_do_not_notice_that_a_registry_is_restarted()
    {
        var storage = new MemorySchemaLog.Storage();
        await using var us = await RegistryHost.StartAsync(storage: storage);
        var id = await us.RegisterAsync("s", "a");
        var eu = new Stoppable(await StartOnFreePortAsync(options => options with { HomeOf = _ => WriteHome.At(us.Node.Url) }, storage));
        var port = eu.Host.Node.Url.Port;
        await using var door = await OpenAsync(eu.Host, us);
        using var client = new HttpClient(SeenCalls.Handler());
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var reads = 0;
            for (; !done.IsCancellationRequested; reads++)
            {
                (await SendAsync(client, door, "GET", $"/schemas/ids/{id}/schema")).Is("a");
            }

            return reads;
        })).ToList();
        try
        {
            for (var i = 0; i < 20; i++)
            {
                await eu.DisposeAsync();
                eu = new Stoppable(await RegistryHost.StartAsync(options => options with { HomeOf = _ => WriteHome.At(us.Node.Url), Port = port }, storage));
                await Patience.UntilAsync(
                    async () =>
                    {
                        await door.ProbeAsync();
                        return string.Join(", ", door.HealthyRegistries());
                    },
                    healthy => healthy.Contains("eu", StringComparison.Ordinal) || readers.Exists(reader => reader.IsFaulted));
            }
        }
        finally
        {
            await done.CancelAsync();
            await eu.DisposeAsync();
        }

        Assert.All(await Task.WhenAll(readers), reads => Assert.True(reads > 0));
    }

    /// <summary>As regions reach each other: eu's registry writes through the door of us, the home. No other region takes the home's place there.</summary>
    [Fact]
    public async Task Writes_go_home_through_its_door_and_end_there()
    {
        var storage = new MemorySchemaLog.Storage();
        await using var us = new Stoppable(await RegistryHost.StartAsync(storage: storage));
        var regions = new KnownRegions(TableOf(null, us.Host));
        await using var home = await OpenAsync(regions, "us");
        await using var eu = await RegistryHost.StartAsync(options => options with { HomeOf = _ => WriteHome.At(new Uri(home.Url, "registry")) }, storage);
        regions.Set(TableOf(eu, us.Host));
        await home.ProbeAsync();
        (await eu.SendAsync("POST", "/subjects/a%2Fb/versions", RegistryHost.Schema("a1?"))).Is("{\"id\":1}");
        (await eu.SendAsync("GET", "/subjects")).Is("[\"a/b\"]");

        await us.DisposeAsync();
        await home.ProbeAsync();
        await home.ProbeAsync();
        Assert.Equal(["eu"], home.HealthyRegistries().Select(region => region.Name));
        var refused = await eu.SendAsync("POST", "/subjects/a%2Fb/versions", RegistryHost.Schema("a1? a2?"));
        refused.IsError(500, 50003, "Error while forwarding register schema request to the leader");
        (await eu.SendAsync("GET", "/subjects/a%2Fb/versions")).Is("[1]");
    }

    /// <summary>The door of eu, whose registry comes first; another one is the home's, us.</summary>
    private static Task<FrontDoor> OpenAsync(RegistryHost eu, RegistryHost? us = null) => OpenAsync(new KnownRegions(TableOf(eu, us)), "eu");

    /// <summary>A region's door. Probes are sent when a test asks for them.</summary>
    private static async Task<FrontDoor> OpenAsync(IRegionView regions, string region)
    {
        var door = await FrontDoor.StartAsync(new FrontDoorOptions
        {
            Region = new RegionId(region),
            Bind = new IPEndPoint(IPAddress.Loopback, 0),
            Regions = regions,
            ProbeInterval = TimeSpan.FromHours(1),
            ReactivationPeriod = TimeSpan.FromHours(1),
        });
        await door.ProbeAsync();
        return door;
    }

    private static RegionTable TableOf(RegistryHost? eu, RegistryHost? us)
    {
        var nowhere = new Uri("http://127.0.0.1:1");
        return new RegionTable([new(new("eu"), nowhere, eu?.Node.Url), new(new("us"), nowhere, us?.Node.Url)], new RegionId("us"));
    }

    private static async Task<Reply> SendAsync(
        HttpClient client, FrontDoor door, string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri($"{door.Url}registry{path}"));
        request.Content = body is null ? null : new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await client.SendAsync(request);
        var offset = response.Headers.TryGetValues("Federation-Schema-Offset", out var values) ? values.First() : null;
        return new Reply(response.StatusCode, await response.Content.ReadAsStringAsync(), response.Content.Headers.ContentType?.ToString(), offset);
    }

    /// <summary>A port that is found again after a stop: below the range from which the system takes ports for outgoing connections.</summary>
    private static async Task<RegistryHost> StartOnFreePortAsync(Func<RegistryOptions, RegistryOptions> change, MemorySchemaLog.Storage storage)
    {
        foreach (var port in Enumerable.Range(20_000, 12_000).OrderBy(_ => Random.Shared.Next()))
        {
            try
            {
                return await RegistryHost.StartAsync(options => change(options) with { Port = port }, storage);
            }
            catch (IOException)
            {
                // Taken.
            }
        }

        throw new InvalidOperationException("no free port");
    }

    /// <summary>A registry that a test may stop before its end.</summary>
    private sealed class Stoppable(RegistryHost host) : IAsyncDisposable
    {
        private bool _isStopped;

        public RegistryHost Host => host;

        public async ValueTask DisposeAsync()
        {
            if (!_isStopped)
            {
                _isStopped = true;
                await host.DisposeAsync();
            }
        }
    }

    private sealed class KnownRegions(RegionTable table) : IRegionView
    {
        public event Action? Changed;

        public RegionTable Table { get; private set; } = table;

        public void Set(RegionTable changed)
        {
            Table = changed;
            Changed?.Invoke();
        }
    }
}

using System.Net;
using System.Net.Sockets;
using System.Text;
using Federation.Gateway.Http;
using Kernel.Ids;
using Microsoft.AspNetCore.Http;

namespace Tests.Unit.HttpDoor;

/// <summary>Which registry a request goes to, when others are away or slow.</summary>
public class FailoverTests
{
    internal const string Nobody = "{\"error_code\":503,\"message\":\"No schema registry can be reached: neither eu\\u0027s nor another region\\u0027s\"}";

    [Fact]
    public async Task Another_region_stands_in_until_the_local_registry_is_back()
    {
        await using var world = await DoorWorld.OpenAsync();
        Assert.Equal((200, "eu"), await world.SendAsync("GET", "/registry/x"));
        await world.Eu.StopAsync();

        // No request is lost: the one that finds out goes on to the home, the others go there at once.
        Assert.Equal((200, "us"), await world.SendAsync("GET", "/registry/x"));
        await DoorWorld.UntilAsync(() => Task.FromResult(!IsEuIn(world)), "a refused connection takes no registry out");
        Assert.Equal((200, "us"), await world.SendAsync("POST", "/registry/x", new StringContent("body")));
        Assert.Equal("body", world.Us.Requests.Last().Body);
        Assert.Equal(1, PassingTests.Metric(world, "federation_frontdoor_retries_total{region=\"eu\"}"));
        await DoorWorld.UntilAsync(
            () => Task.FromResult(PassingTests.Metric(world, "federation_frontdoor_failovers_total{region=\"eu\"}") == 2), "two answers of us are not counted");
        Assert.Equal(0, PassingTests.Metric(world, "federation_frontdoor_registry_healthy{region=\"eu\",registry=\"eu\"}"));

        await world.Eu.StartAsync();
        Assert.Equal((200, "us"), await world.SendAsync("GET", "/registry/x"));
        await world.Door.ProbeAsync();
        await DoorWorld.UntilAsync(async () => (await world.SendAsync("GET", "/registry/x")).Text == "eu", "the local registry is not used again");
    }

    [Fact]
    public async Task A_body_that_was_not_begun_goes_on_whole()
    {
        await using var world = await DoorWorld.OpenAsync();
        await world.Eu.StopAsync();
        var body = string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{i},"));
        foreach (var isChunked in new[] { false, true })
        {
            // Every time anew: the local registry is believed to be well, and is not.
            await using var door = await FrontDoorOf(world);
            using var client = new HttpClient { BaseAddress = door.Url };
            using var request = new HttpRequestMessage(HttpMethod.Post, "/registry/x") { Content = new StringContent(body) };
            request.Headers.TransferEncodingChunked = isChunked ? true : null;
            using var answer = await client.SendAsync(request);
            Assert.Equal("us", await answer.Content.ReadAsStringAsync());
            Assert.True(world.Us.Requests.TryDequeue(out var arrived));
            Assert.Equal(body, arrived.Body);
        }

        Assert.Empty(world.Ap.Requests);
    }

    [Fact]
    public async Task A_write_that_was_sent_is_not_sent_again_and_a_read_is()
    {
        await using var world = await DoorWorld.OpenAsync();
        world.Eu.Handler = http =>
        {
            http.Abort();
            return Task.CompletedTask;
        };
        Assert.Equal(
            (502, "{\"error_code\":502,\"message\":\"The schema registry failed while it answered; whether it did what was asked is not known\"}"),
            await world.SendAsync("POST", "/registry/x", new StringContent("{}")));
        Assert.Equal(502, (await world.SendAsync("DELETE", "/registry/x")).Status);
        Assert.Equal(502, (await world.SendAsync("GET", "/registry/x", new StringContent("{}"))).Status);
        Assert.Empty(world.Us.Requests);

        Assert.Equal((200, "us"), await world.SendAsync("GET", "/registry/x"));
        using var head = await world.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/registry/x"));
        Assert.Equal(200, (int)head.StatusCode);
        Assert.Equal(["GET", "HEAD"], world.Us.Requests.Select(r => r.Method));

        // It was reached, so it stays in: whether it is well, probes find out.
        Assert.True(IsEuIn(world));
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_not_completed_by_another()
    {
        await using var world = await DoorWorld.OpenAsync();
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Eu.Handler = async http =>
        {
            http.Response.ContentLength = 100;
            await http.Response.WriteAsync("the beginning");
            await http.Response.Body.FlushAsync();
            await seen.Task;
            http.Abort();
        };
        using var answer = await world.Http.GetAsync("/registry/x", HttpCompletionOption.ResponseHeadersRead);
        seen.SetResult();
        await Assert.ThrowsAnyAsync<Exception>(() => answer.Content.ReadAsStringAsync());
        Assert.Empty(world.Us.Requests);
    }

    [Fact]
    public async Task When_nothing_is_there_the_answer_says_so()
    {
        await using var world = await DoorWorld.OpenAsync();
        foreach (var registry in world.Registries.Values)
        {
            await registry.StopAsync();
        }

        for (var i = 0; i < 3; i++)
        {
            using var answer = await world.Http.PostAsync("/registry/x", new StringContent("{}"));
            Assert.Equal((503, Nobody), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()));
            Assert.Equal("application/vnd.schemaregistry.v1+json", answer.Content.Headers.ContentType!.ToString());
        }

        using var head = await world.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/registry/x"));
        Assert.Equal(503, (int)head.StatusCode);
        Assert.Equal((200, "control"), await world.SendAsync("GET", "/v1/topics"));
        Assert.Equal(4, PassingTests.Metric(world, "federation_frontdoor_unavailable_total{region=\"eu\",route=\"registry\"}"));

        await world.Control.StopAsync();
        using var problem = await world.Http.GetAsync("/v1/topics");
        Assert.Equal("application/problem+json", problem.Content.Headers.ContentType!.ToString());
        Assert.Equal(
            (503, "{\"title\":\"Service Unavailable\",\"status\":503,\"detail\":\"the control API of eu cannot be reached\"}"),
            ((int)problem.StatusCode, await problem.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Probes_take_a_registry_out_after_failures_in_a_row_and_in_at_once()
    {
        await using var world = await DoorWorld.OpenAsync(options => options with { ProbeFailures = 2 });
        var status = 503;
        world.Eu.Health = http =>
        {
            http.Response.StatusCode = status;
            return Task.CompletedTask;
        };
        await world.Door.ProbeAsync();
        Assert.Equal((200, "eu"), await world.SendAsync("GET", "/registry/x"));
        await world.Door.ProbeAsync();
        Assert.Equal((200, "us"), await world.SendAsync("GET", "/registry/x"));
        status = 200;
        await world.Door.ProbeAsync();
        Assert.Equal((200, "eu"), await world.SendAsync("GET", "/registry/x"));
        Assert.True(world.Eu.Probes >= 4);
    }

    [Fact]
    public async Task Probes_are_sent_by_themselves()
    {
        await using var world = await DoorWorld.OpenAsync(options => options with { ProbeInterval = TimeSpan.FromMilliseconds(20) });
        await world.Eu.StopAsync();
        await DoorWorld.UntilAsync(() => Task.FromResult(!IsEuIn(world)), "nobody noticed that the local registry is gone");
        await world.Eu.StartAsync();
        await DoorWorld.UntilAsync(() => Task.FromResult(IsEuIn(world)), "nobody noticed that the local registry is back");
        Assert.Equal((200, "eu"), await world.SendAsync("GET", "/registry/x"));
    }

    [Fact]
    public async Task A_registry_that_was_refused_is_tried_again_after_a_while_without_probes()
    {
        await using var world = await DoorWorld.OpenAsync(options => options with { ReactivationPeriod = TimeSpan.FromMilliseconds(20) });
        await world.Eu.StopAsync();
        Assert.Equal((200, "us"), await world.SendAsync("GET", "/registry/x"));
        await world.Eu.StartAsync();
        await DoorWorld.UntilAsync(async () => (await world.SendAsync("GET", "/registry/x")).Text == "eu", "the local registry is not tried again");
    }

    [Fact]
    public async Task A_registry_that_hangs_holds_up_nobody_else()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var world = await DoorWorld.OpenAsync(options => options with { ProbeTimeout = TimeSpan.FromSeconds(3), ProbeFailures = 1 });

        // One failure takes a registry out, and the first probes of a process are its slowest.
        await DoorWorld.UntilAsync(
            async () =>
            {
                await world.Door.ProbeAsync();
                return world.Door.HealthyRegistries().Count == world.Registries.Count;
            },
            "not all registries are in");
        world.Eu.Handler = async http =>
        {
            await release.Task;
            await http.Response.WriteAsync("late");
        };
        world.Eu.Health = _ => release.Task;
        var waiting = Enumerable.Range(0, 20).Select(_ => world.SendAsync("POST", "/registry/x", new StringContent("{}"))).ToList();
        await DoorWorld.UntilAsync(() => Task.FromResult(world.Eu.Requests.Count == waiting.Count), "requests do not reach the registry that hangs");
        await world.Door.ProbeAsync();
        Assert.Equal((200, "us"), await world.SendAsync("POST", "/registry/x", new StringContent("{}")));
        Assert.Equal((200, "control"), await world.SendAsync("GET", "/v1/topics"));
        Assert.DoesNotContain(waiting, w => w.IsCompleted);
        release.SetResult();
        Assert.All(await Task.WhenAll(waiting), answer => Assert.Equal((200, "late"), answer));
    }

    [Fact]
    public async Task An_answer_that_does_not_come_is_given_up()
    {
        await using var world = await DoorWorld.OpenAsync(options => options with { AnswerTimeout = TimeSpan.FromSeconds(1) });

        // Over a connection that stands, for the time counts while it is made, too.
        await DoorWorld.UntilAsync(async () => (await world.SendAsync("GET", "/registry/x")).Text == "eu", "the local registry does not answer");
        world.Us.Requests.Clear();
        world.Eu.Handler = http => Task.Delay(Timeout.Infinite, http.RequestAborted);
        foreach (var method in new[] { "POST", "GET" })
        {
            var (status, text) = await world.SendAsync(method, "/registry/x");
            Assert.Equal(504, status);
            Assert.Equal("{\"error_code\":504,\"message\":\"The schema registry did not answer in time; whether it did what was asked is not known\"}", text);
        }

        Assert.Empty(world.Us.Requests);
    }

    [Fact]
    public async Task A_connection_that_is_not_accepted_is_given_up_as_never_sent()
    {
        using var deaf = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        deaf.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        deaf.Listen(0);
        var port = ((IPEndPoint)deaf.LocalEndPoint!).Port;

        // Nobody accepts, so after a few connections the system lets the next ones wait.
        var queued = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 8; i++)
            {
                queued.Add(new TcpClient());
                _ = queued[^1].ConnectAsync(IPAddress.Loopback, port).ContinueWith(static t => t.Exception, TaskScheduler.Default);
            }

            await DoorWorld.UntilAsync(() => Task.FromResult(queued.Exists(c => c.Connected)), "nothing is queued");
            var failure = await Record.ExceptionAsync(async () =>
            {
                // Those that were begun above may still be on their way to the queue.
                for (var i = 0; i < 16; i++)
                {
                    await Upstream.ConnectAsync(new DnsEndPoint("127.0.0.1", port), TimeSpan.FromMilliseconds(50), default);
                }
            });
            Assert.IsType<IOException>(failure);
            Assert.Contains("50 ms", failure.Message, StringComparison.Ordinal);
        }
        finally
        {
            queued.ForEach(c => c.Dispose());
        }
    }

    [Fact]
    public async Task A_port_that_is_taken_is_said_so()
    {
        await using var world = await DoorWorld.OpenAsync();
        var bind = new IPEndPoint(IPAddress.Loopback, world.Door.Url.Port);
        var options = new FrontDoorOptions { Region = new RegionId("us"), Bind = bind, Regions = world.Regions };
        await Assert.ThrowsAsync<IOException>(() => FrontDoor.StartAsync(options));
    }

    private static bool IsEuIn(DoorWorld world) => world.Door.HealthyRegistries().Contains(new RegionId("eu"));

    private static Task<FrontDoor> FrontDoorOf(DoorWorld world) => FrontDoor.StartAsync(new FrontDoorOptions
    {
        Region = new RegionId("eu"),
        Bind = new IPEndPoint(IPAddress.Loopback, 0),
        Regions = world.Regions,
        ProbeInterval = TimeSpan.FromHours(1),
        ProbeFailures = int.MaxValue,
    });
}

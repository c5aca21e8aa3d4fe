using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using CsCheck;
using Kernel;
using Microsoft.AspNetCore.Http;

namespace Tests.Unit.HttpDoor;

/// <summary>What passes the door, in which form, and what does not.</summary>
public class PassingTests
{
    [Theory]
    [InlineData("/registry/subjects", "/subjects")]
    [InlineData("/registry", "/")]
    [InlineData("/registry/", "/")]
    [InlineData("/registry?a=b", "/?a=b")]
    [InlineData("/registry/subjects?deleted=true&subjectPrefix=%3A.c%3A", "/subjects?deleted=true&subjectPrefix=%3A.c%3A")]
    [InlineData("/registry/subjects/a%2Fb/versions", "/subjects/a%2Fb/versions")]
    [InlineData("/registry/subjects/a%252Fb/versions", "/subjects/a%252Fb/versions")]
    [InlineData("/registry/subjects/%41%20b+c/versions?q=%2B+%zz&&=", "/subjects/%41%20b+c/versions?q=%2B+%zz&&=")]
    [InlineData("/registry/subjects/:.ctx:s%C3%A9/versions/-1", "/subjects/:.ctx:s%C3%A9/versions/-1")]
    [InlineData("/registry/subjects//versions", "/subjects//versions")]
    [InlineData("/registry/subjects/a..b/...", "/subjects/a..b/...")]
    [InlineData("/registry/subjects/[a]|{b}^\"<>`", "/subjects/[a]|{b}^\"<>`")]
    [InlineData("/regi%73try/subjects", "/subjects")]
    [InlineData("/Registry/subjects", "/subjects")]
    [InlineData("http://door.test/registry/subjects?x", "/subjects?x")]
    public async Task A_target_reaches_the_registry_as_it_was_written(string target, string arrives)
    {
        await using var world = await DoorWorld.OpenAsync();
        var answer = await world.SendRawAsync($"GET {target} HTTP/1.1\r\nHost: door.test\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 OK", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\neu", answer, StringComparison.Ordinal);
        Assert.Equal(arrives, Assert.Single(world.Eu.Requests).Target);
        Assert.Empty(world.Control.Requests);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/v1/topics?tenant=a%2Fb")]
    [InlineData("/health")]
    [InlineData("/health/ready")]
    [InlineData("/metrics")]
    [InlineData("/nothing")]
    [InlineData("/registryx/subjects")]
    [InlineData("/v1/registry/subjects")]
    [InlineData("/registry/../v1/regions")]
    public async Task Everything_else_goes_to_the_control_api(string target)
    {
        await using var world = await DoorWorld.OpenAsync();
        var answer = await world.SendRawAsync($"GET {target} HTTP/1.1\r\nHost: door.test\r\nConnection: close\r\n\r\n");
        Assert.EndsWith("\r\n\r\ncontrol", answer, StringComparison.Ordinal);
        Assert.Equal(target, Assert.Single(world.Control.Requests).Target);
        Assert.Empty(world.Eu.Requests);
    }

    [Theory]
    [InlineData("/registry/metrics")]
    [InlineData("/registry/metrics?x")]
    [InlineData("/registry/%6Detrics")]
    [InlineData("/registry/METRICS")]
    [InlineData("/registry/a/../metrics")]
    [InlineData("/registry/a/%2E%2e/metrics")]
    [InlineData("/registry/./subjects")]
    [InlineData("/v1/../registry/subjects")]
    public async Task What_only_operators_may_see_and_dots_are_refused(string target)
    {
        await using var world = await DoorWorld.OpenAsync();
        var answer = await world.SendRawAsync($"GET {target} HTTP/1.1\r\nHost: door.test\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 404 Not Found", answer, StringComparison.Ordinal);
        Assert.EndsWith("{\"error_code\":404,\"message\":\"HTTP 404 Not Found\"}", answer, StringComparison.Ordinal);
        Assert.Empty(world.Eu.Requests);
        Assert.Empty(world.Control.Requests);
    }

    [Theory]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: door.test", "404")]
    [InlineData("CONNECT door.test:80 HTTP/1.1\r\nHost: door.test:80", "404")]
    [InlineData("GET /registry/a\rb HTTP/1.1\r\nHost: door.test", "40")]
    [InlineData("GET /registry/a\u0001b HTTP/1.1\r\nHost: door.test", "40")]
    [InlineData("GET /registry/\u00e9 HTTP/1.1\r\nHost: door.test", "400")]
    [InlineData("GET /registry/%00 HTTP/1.1\r\nHost: door.test", "400")]
    public async Task A_target_that_is_none_goes_nowhere(string request, string status)
    {
        await using var world = await DoorWorld.OpenAsync();
        Assert.StartsWith($"HTTP/1.1 {status}", await world.SendRawAsync(request + "\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
        Assert.Empty(world.Eu.Requests);
        Assert.Empty(world.Control.Requests);
    }

    [Fact]
    public async Task Whatever_a_client_writes_arrives_as_written_or_not_at_all()
    {
        await using var world = await DoorWorld.OpenAsync();
        string[] pieces =
        [
            "/", "/", "..", ".", "%2e", "%2F", "%25", "%", "%zz", "%C3%A9", "?", "#", "&", "=", ":", "\\", "a", "metrics", "registry", "\r", "\0", "\t", ";",
            "@", "é", "%0d%0a",
        ];
        var targets = Gen.Int[0, pieces.Length - 1].Array[0, 8].Select(picks => string.Concat(picks.Select(i => pieces[i])));
        await targets.SampleAsync(async rest =>
        {
            var answer = await world.SendRawAsync($"GET /registry/{rest} HTTP/1.1\r\nHost: door.test\r\nConnection: close\r\n\r\n");
            Assert.True(world.Eu.Requests.Count + world.Control.Requests.Count <= 1, $"{rest} came more than once");
            if (world.Eu.Requests.TryDequeue(out var arrived))
            {
                Assert.Equal("/" + rest, arrived.Target);
                Assert.DoesNotContain("..", Segments(rest));
                Assert.NotEqual(["metrics"], Segments(rest));
            }
            else if (world.Control.Requests.TryDequeue(out arrived))
            {
                // Dots that lead out of the registry's paths: the control API resolves them as the door did.
                Assert.Equal("/registry/" + rest, arrived.Target);
                Assert.Contains("..", Segments(rest));
            }
            else
            {
                Assert.Matches("^HTTP/1.1 40[04] ", answer);
            }
        }, iter: 500, threads: 1);
    }

    [Theory]
    [InlineData("GET", null)]
    [InlineData("HEAD", null)]
    [InlineData("OPTIONS", null)]
    [InlineData("DELETE", null)]
    [InlineData("POST", "")]
    [InlineData("POST", "{\"schema\":\"\\\"string\\\"\"}")]
    [InlineData("PUT", "{}")]
    [InlineData("DELETE", "{}")]
    [InlineData("PATCH", "x")]
    public async Task Methods_and_bodies_pass(string method, string? body)
    {
        await using var world = await DoorWorld.OpenAsync();
        foreach (var (isChunked, asksFirst) in body is null ? [(false, false)] : new[] { (false, false), (true, false), (false, true) })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), "/registry/subjects/s/versions");
            request.Content = body is null ? null : new StringContent(body);
            request.Headers.TransferEncodingChunked = isChunked ? true : null;
            request.Headers.ExpectContinue = asksFirst ? true : null;
            using var answer = await world.Http.SendAsync(request);
            Assert.Equal(200, (int)answer.StatusCode);
            Assert.Equal(method == "HEAD" ? "" : "eu", await answer.Content.ReadAsStringAsync());
            Assert.True(world.Eu.Requests.TryDequeue(out var arrived));
            Assert.Equal((method, body ?? ""), (arrived.Method, arrived.Body));
        }
    }

    [Fact]
    public async Task Headers_pass_but_for_those_that_only_servers_may_send()
    {
        await using var world = await DoorWorld.OpenAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/registry/subjects/s") { Content = new StringContent("{}") };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/vnd.schemaregistry.v1+json");
        (string Name, string Value)[] pass =
        [
            ("Authorization", "Basic YTpi"), ("Federation-Schema-Offset", "17"), ("X-Request-ID", "r1"), ("Accept", "application/json"),
            ("Confluent-Accept-Unknown-Properties", "true"), ("Confluent-Schema-Exporter-Name", "x"), ("User-Agent", "test/1"), ("Accept-Encoding", "gzip"),
        ];
        foreach (var (name, value) in pass)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        foreach (var name in new[] { "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Prefix" })
        {
            request.Headers.TryAddWithoutValidation(name, "forged");
        }

        request.Headers.Host = "acme.registry.test";
        using var answer = await world.Http.SendAsync(request);
        var headers = Assert.Single(world.Eu.Requests).Headers;
        Assert.All(pass, header => Assert.Equal(header.Value, headers[header.Name]));
        Assert.Equal("application/vnd.schemaregistry.v1+json", headers["Content-Type"]);
        Assert.Equal("acme.registry.test", headers["Host"]);
        Assert.Equal("127.0.0.1", headers["X-Forwarded-For"].Replace("::ffff:", "", StringComparison.Ordinal));
        Assert.Equal(("acme.registry.test", "http", "/registry"), (headers["X-Forwarded-Host"], headers["X-Forwarded-Proto"], headers["X-Forwarded-Prefix"]));

        await world.SendAsync("GET", "/v1/topics");
        Assert.False(Assert.Single(world.Control.Requests).Headers.ContainsKey("X-Forwarded-Prefix"));
    }

    [Fact]
    public async Task Answers_pass_as_they_are()
    {
        await using var world = await DoorWorld.OpenAsync();
        world.Eu.Handler = http =>
        {
            http.Response.StatusCode = StatusCodes.Status409Conflict;
            http.Response.ContentType = "application/vnd.schemaregistry.v1+json";
            http.Response.Headers["Federation-Schema-Offset"] = "18";
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"SchemaRegistry\"";
            return http.Response.WriteAsync("{\"error_code\":409,\"message\":\"é\"}");
        };
        using var answer = await world.Http.GetAsync("/registry/x");
        Assert.Equal(409, (int)answer.StatusCode);
        Assert.Equal("application/vnd.schemaregistry.v1+json", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("18", Assert.Single(answer.Headers.GetValues("Federation-Schema-Offset")));
        Assert.Equal("Basic realm=\"SchemaRegistry\"", answer.Headers.WwwAuthenticate.ToString());
        Assert.Equal("{\"error_code\":409,\"message\":\"é\"}", await answer.Content.ReadAsStringAsync());
        Assert.False(answer.Headers.Contains("Server"));
    }

    [Theory]
    [InlineData("/registry/subjects/s", Limits.MaxSchemaRequestBytes, "application/vnd.schemaregistry.v1+json")]
    [InlineData("/v1/topics", Limits.MaxControlEntryBytes, "application/problem+json")]
    public async Task A_body_that_is_too_large_is_refused(string path, int limit, string type)
    {
        await using var world = await DoorWorld.OpenAsync();
        var isRegistry = path.StartsWith("/registry", StringComparison.Ordinal);
        var service = isRegistry ? world.Eu : world.Control;
        var text = isRegistry
            ? "{\"error_code\":413,\"message\":\"HTTP 413 Request Entity Too Large\"}"
            : $"{{\"title\":\"Payload Too Large\",\"status\":413,\"detail\":\"a body may have {limit} bytes\"}}";
        Assert.Equal(200, (await world.SendAsync("POST", path, new ByteArrayContent(new byte[limit]))).Status);
        Assert.Equal(limit, Assert.Single(service.Requests).Body.Length);

        foreach (var isAskedFor in new[] { true, false })
        {
            // The length alone is enough: who asks before sending need not send.
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(new byte[limit + 1]) };
            request.Headers.ExpectContinue = isAskedFor;
            using var answer = await world.Http.SendAsync(request);
            Assert.Equal((413, type), ((int)answer.StatusCode, answer.Content.Headers.ContentType!.ToString()));
            Assert.Equal(text, await answer.Content.ReadAsStringAsync());
            Assert.Single(service.Requests);
        }
    }

    [Fact]
    public async Task A_body_without_a_length_ends_at_the_limit()
    {
        await using var world = await DoorWorld.OpenAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/topics") { Content = new ByteArrayContent(new byte[Limits.MaxControlEntryBytes + 1]) };
        request.Headers.TransferEncodingChunked = true;
        using var answer = await world.Http.SendAsync(request);
        Assert.Equal(413, (int)answer.StatusCode);
        var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(413, problem.GetProperty("status").GetInt32());
        Assert.DoesNotContain(world.Control.Requests, arrived => arrived.Body != "(broken off)");
    }

    [Fact]
    public async Task A_connection_carries_many_requests()
    {
        await using var world = await DoorWorld.OpenAsync();
        const string Get = "GET /registry/subjects HTTP/1.1\r\nHost: door.test\r\n";
        var answers = await world.SendRawAsync($"{Get}\r\nGET /v1/topics HTTP/1.1\r\nHost: door.test\r\n\r\n{Get}Connection: close\r\n\r\n");
        Assert.Equal(3, answers.Split("HTTP/1.1 200 OK").Length - 1);
        Assert.Equal((2, 1), (world.Eu.Requests.Count, world.Control.Requests.Count));
    }

    [Fact]
    public async Task Metrics_count_requests_by_service_and_class()
    {
        await using var world = await DoorWorld.OpenAsync();
        await world.SendAsync("GET", "/registry/subjects");
        await world.SendAsync("GET", "/registry/metrics");
        await world.SendAsync("GET", "/v1/topics");
        foreach (var labels in new[] { "route=\"control\",status=\"2xx\"", "route=\"registry\",status=\"2xx\"", "route=\"registry\",status=\"4xx\"" })
        {
            // A request is counted once its answer has left.
            var name = $"federation_frontdoor_requests_total{{region=\"eu\",{labels}}}";
            await DoorWorld.UntilAsync(() => Task.FromResult(Metric(world, name) == 1), $"{name} is {Metric(world, name)}");
        }

        Assert.Equal(1, Metric(world, "federation_frontdoor_registry_healthy{region=\"eu\",registry=\"us\"}"));
        Assert.Equal(0, Metric(world, "federation_frontdoor_failovers_total{region=\"eu\"}"));
    }

    private static string[] Segments(string target) => [.. target.Split('?')[0].Split('/').Select(Uri.UnescapeDataString)];

    internal static long Metric(DoorWorld world, string name)
    {
        var writer = new StringWriter();
        world.Door.WriteMetrics(writer, "region=\"eu\"");
        var line = Assert.Single(writer.ToString().Split('\n'), line => line.StartsWith(name + " ", StringComparison.Ordinal));
        return long.Parse(line[(name.Length + 1)..], CultureInfo.InvariantCulture);
    }
}

using System.Net;
using System.Text;
using System.Text.Json;
using Federation.Control;
using Federation.Control.Http;
using Federation.Control.Ledger;
using Federation.Core.Homes;
using Federation.Core.Mirroring;
using Hosting;
using Kernel.Ids;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tests.Unit.Control;

/// <summary>What HTTP asks of the control API, whatever the federation is like.</summary>
public sealed class RegionHttpTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("region-http-").FullName;
    private readonly ControlStore _store;
    private readonly ControlNode _control;
    private readonly HttpClient _http = new();

    public RegionHttpTests()
    {
        _store = ControlStore.Open(_folder, Clock.System);
        _store.Execute(new FederationCommand.JoinRegion(new RegionId("ap")));
        _control = new ControlNode(
            new ControlOptions { Regions = [], Mirrors = new NoMirrors(), Clock = Clock.System, Logger = NullLogger.Instance }, _store);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _control.DisposeAsync();
        _store.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("{\"name\":", HttpStatusCode.BadRequest, "the body is not what is expected")]
    [InlineData("{\"nam\":\"t\"}", HttpStatusCode.BadRequest, "the body is not what is expected")]
    [InlineData("", HttpStatusCode.BadRequest, "")]
    [InlineData("null", HttpStatusCode.BadRequest, "")]
    [InlineData("{}", HttpStatusCode.BadRequest, "a topic needs a name")]
    [InlineData("{\"name\":\"t\"}", HttpStatusCode.BadRequest, "'eu' is not a region here; there are ap")]
    [InlineData("{\"name\":\"t\",\"partitions\":1,\"home\":\"ap\"}", HttpStatusCode.BadRequest, "region ap is in the ledger but not among the regions that run here")]
    [InlineData("{\"name\":\"t\",\"partitions\":1,\"home\":\"ap\",\"mirrors\":[null]}", HttpStatusCode.BadRequest, "'' is not a region here")]
    [InlineData("{\"name\":\"t\",\"partitions\":1,\"home\":\"ap\",\"configs\":{\"retention.ms\":null}}", HttpStatusCode.BadRequest, "retention.ms has no value")]
    [InlineData("{\"name\":\"t\",\"tenant\":\"nobody\"}", HttpStatusCode.NotFound, "there is no tenant nobody")]
    public async Task What_is_wrong_with_a_body_is_said(string body, HttpStatusCode status, string because)
    {
        await using var api = await StartAsync();
        using var answer = await _http.PostAsync(new Uri(api.Url, "/v1/topics"), new StringContent(body, Encoding.UTF8, "application/json"));
        await AssertProblemAsync(answer, status, because);
    }

    [Theory]
    [InlineData("POST", "/v1/topics", HttpStatusCode.UnsupportedMediaType, "application/json")]
    [InlineData("PUT", "/v1/topics", HttpStatusCode.MethodNotAllowed, "not PUT")]
    [InlineData("GET", "/v2", HttpStatusCode.NotFound, "there is no /v2")]
    public async Task What_no_endpoint_takes_is_refused_in_words(string method, string path, HttpStatusCode status, string because)
    {
        await using var api = await StartAsync();
        using var answer = await _http.SendAsync(new(new HttpMethod(method), new Uri(api.Url, path)) { Content = new StringContent("name=t") });
        await AssertProblemAsync(answer, status, because);
    }

    [Fact]
    public async Task What_goes_wrong_here_is_a_problem_too()
    {
        await using var api = await StartAsync(_ => throw new InvalidOperationException("secret"));
        using var answer = await _http.GetAsync(new Uri(api.Url, "/metrics"));
        await AssertProblemAsync(answer, HttpStatusCode.InternalServerError, "the log has it");
        Assert.DoesNotContain("secret", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/metrics")]
    [InlineData("/v1/topics")]
    public async Task Head_is_answered_as_get_without_the_body(string path)
    {
        await using var api = await StartAsync();
        using var got = await _http.GetAsync(new Uri(api.Url, path));
        using var head = await _http.SendAsync(new(HttpMethod.Head, new Uri(api.Url, path)));
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (got.StatusCode, head.StatusCode));
        Assert.Equal(got.Content.Headers.ContentType, head.Content.Headers.ContentType);
        Assert.NotEmpty(await got.Content.ReadAsByteArrayAsync());
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }

    private static async Task AssertProblemAsync(HttpResponseMessage answer, HttpStatusCode status, string because)
    {
        Assert.Equal((status, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal((int)status, problem.RootElement.GetProperty("status").GetInt32());
        var detail = problem.RootElement.GetProperty("detail").GetString();
        Assert.NotEqual("", detail);
        Assert.Contains(because, detail, StringComparison.Ordinal);
    }

    private Task<RegionHttp> StartAsync(Action<TextWriter>? metrics = null) => RegionHttp.StartAsync(new RegionHttpOptions
    {
        Region = new RegionId("eu"),
        Bind = new IPEndPoint(IPAddress.Loopback, 0),
        Control = _control,
        IsTenant = name => name == "demo",
        WriteMetrics = metrics ?? (writer => writer.Write("m 1\n")),
        IsReady = () => true,
        Loggers = NullLoggerFactory.Instance,
    });

    private sealed class NoMirrors : IMirrorView
    {
        public IReadOnlyList<PartitionMirrorStatus> StatusOf(RegionId region) => [];

        public Task WaitUntilOpenAsync(FederatedTopic topic, RegionId region, CancellationToken cancel) => Task.CompletedTask;

        public IReadOnlyList<string> Troubles(RegionId region) => [];
    }
}

using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Tests.Registry.Harness;
using Tests.Registry.Service;
using Xunit;

namespace Tests.Registry.Cli;

/// <summary>
/// A registry as older ones of Confluent's are: no endpoints of ours, and answers without what newer clients ask for (versions of registrations,
/// marks of deletions), and lists are always whole. It stands in front of one of ours.
/// </summary>
internal sealed class ConfluentShapedRegistry : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly HttpClient _http = new();

    private ConfluentShapedRegistry(RegistryHost behind)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _web = builder.Build();
        _web.Run(http => AnswerAsync(http, behind));
    }

    public string Url => _web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    public static async Task<ConfluentShapedRegistry> StartAsync(RegistryHost behind)
    {
        var registry = new ConfluentShapedRegistry(behind);
        await registry._web.StartAsync();
        return registry;
    }

    public async ValueTask DisposeAsync()
    {
        await _web.StopAsync();
        await _web.DisposeAsync();
        _http.Dispose();
    }

    private async Task AnswerAsync(HttpContext http, RegistryHost behind)
    {
        var target = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (target.EndsWith("/undelete", StringComparison.Ordinal) || target == "/compatibility/schemas")
        {
            http.Response.StatusCode = 404;
            await http.Response.WriteAsync("{\"error_code\":404,\"message\":\"HTTP 404 Not Found\"}");
            return;
        }

        target = Regex.Replace(target, "&(offset|limit)=[0-9]+", "");
        using var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), behind.Node.Url.ToString().TrimEnd('/') + target);
        if (http.Request.ContentLength > 0)
        {
            request.Content = new StreamContent(http.Request.Body);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", http.Request.ContentType);
        }

        using var answer = await _http.SendAsync(request);
        http.Response.StatusCode = (int)answer.StatusCode;
        await http.Response.Body.WriteAsync(await answer.Content.ReadAsByteArrayAsync());
    }
}

public class ConfluentShapedRegistryTests
{
    /// <summary>There, a prefix is the beginning of a text: ":.c9" is that of ":.c90:s", too.</summary>
    [Theory]
    [InlineData(":.c9", "c9", ":.c9:")]
    [InlineData(":.c9:", "c9", ":.c9:")]
    [InlineData(":.c9:or", "c9", ":.c9:or")]
    [InlineData(":.c9", null, ":.c9")]
    public async Task A_prefix_is_asked_for_in_the_one_context_that_is_meant(string prefix, string? context, string asked)
    {
        var seen = new ConcurrentQueue<string>();
        await using var registry = await ScriptedServer.StartAsync(async http =>
        {
            seen.Enqueue(http.Request.Query["subjectPrefix"].ToString());
            await http.Response.WriteAsync("[]");
        });
        (await Fed.AtAsync(registry.Url.ToString(), ["list", "--prefix", prefix, .. context is null ? (string[])[] : ["--context", context]])).Ends(0);
        Assert.Equal(asked, Assert.Single(seen.Distinct()));
    }

    [Fact]
    public async Task What_needs_no_endpoint_of_ours_works_with_any_registry()
    {
        await using var fed = await Fed.StartAsync();
        await using var plain = await ConfluentShapedRegistry.StartAsync(fed.Host);
        var order = fed.File("order.avsc", SchemaCommandsTests.Order);
        Assert.Equal(["s\t1\t1\tAVRO"], (await At("register", "s", order)).Ends(0).Rows);
        await fed.Host.RegisterAsync("s", SchemaCommandsTests.OrderWithNote);
        (await At("delete", "s", "--version", "1", "--yes")).Ends(0);
        await fed.Host.RegisterAsync("t", SchemaCommandsTests.OrderWithNote);
        (await At("delete", "t", "--yes")).Ends(0);
        Assert.Equal(["s\t2\t2\tAVRO\tBACKWARD\tlive", "t\t1\t2\tAVRO\tBACKWARD\tdeleted"], (await At("list", "--deleted")).Ends(0).Rows);
        (await At("check", "s", fed.File("bad.avsc", SchemaCommandsTests.OrderWithAmount))).Ends(5);
        (await At("check", "s", fed.File("none.avsc", "{"))).Ends(2);

        var undelete = (await At("undelete", "s", "--version", "1")).Ends(1);
        Assert.Contains("cannot undelete", undelete.Error);
        var diff = (await At("diff", "s", order)).Ends(0);
        Assert.Contains("the texts alone are compared", diff.Error);
        Assert.Contains("-      \"name\": \"note\",", diff.Out);
        Assert.Contains("has no endpoint to compare", (await At("check", "s", order, "--level", "FULL")).Ends(1).Error);

        var path = Path.Combine(fed.Folder, "all.jsonl");
        (await At("export", "--out", path)).Ends(0);
        await using var empty = await Fed.StartAsync();
        await using var plainEmpty = await ConfluentShapedRegistry.StartAsync(empty.Host);
        (await Fed.AtAsync(plainEmpty.Url, "import", path)).Ends(0);
        (await Fed.AtAsync(plainEmpty.Url, "export", "--out", path + "2")).Ends(0);
        Assert.Equal(await File.ReadAllTextAsync(path), await File.ReadAllTextAsync(path + "2"));
        Assert.Contains("\"deleted\":true", await File.ReadAllTextAsync(path));
        var again = (await Fed.AtAsync(plainEmpty.Url, "import", path, "-o", "json")).Ends(0).Json;
        Assert.Equal((3, 0), (again.GetProperty("present").GetInt32(), again.GetProperty("registered").GetInt32()));

        Task<FedRun> At(params string[] args) => Fed.AtAsync(plain.Url, args);
    }
}

using SchemaRegistry.Service;
using Xunit;

namespace Tests.Registry.Service;

/// <summary>Exporters whose target is the registry that they are in: copies of copies would have no end.</summary>
public class OwnRegistryTests
{
    private const string Refusal =
        "Invalid exporter config: schema.registry.url is this registry, and its subjects cover the copies, which would be copied in turn without end";

    /// <summary>AUTO puts copies below .demo, here.</summary>
    [Theory]
    [InlineData("\"subjects\":[\"*\"]", true)]
    [InlineData("\"contextType\":\"AUTO\"", true)]
    [InlineData("\"subjects\":[\"a\",\":.demo:*\"]", true)]
    [InlineData("\"subjects\":[\"a\",\":*\"]", true)]
    [InlineData("\"subjects\":[\"a\",\":.demo:a\"]", true)]
    [InlineData("\"subjects\":[\"a*\",\":.de*\"]", true)]
    [InlineData("\"subjects\":[\"a\",\":.demo.c:b\"]", false)]
    [InlineData("\"subjects\":[\"a*\",\"b\",\":.other:*\"]", false)]
    [InlineData("\"contextType\":\"CUSTOM\",\"context\":\"c\",\"subjects\":[\":.c*\"]", true)]
    [InlineData("\"contextType\":\"CUSTOM\",\"context\":\"c\",\"subjects\":[\":.a:*\"]", false)]
    [InlineData("\"contextType\":\"DEFAULT\"", true)]
    [InlineData("\"contextType\":\"DEFAULT\",\"subjects\":[\":.a:*\"]", false)]
    [InlineData("\"contextType\":\"DEFAULT\",\"subjects\":[\":.a:*\",\"b\"]", true)]
    [InlineData("\"contextType\":\"NONE\",\"subjects\":[\"a\"]", true)]
    [InlineData("\"contextType\":\"NONE\",\"subjects\":[\"a\"],\"subjectRenameFormat\":\"b-${subject}\"", false)]
    [InlineData("\"contextType\":\"NONE\",\"subjects\":[\"a*\"],\"subjectRenameFormat\":\"b-${subject}\"", false)]
    [InlineData("\"contextType\":\"NONE\",\"subjects\":[\"a*\"],\"subjectRenameFormat\":\"${subject}-b\"", true)]
    public async Task An_exporter_to_its_own_registry_is_refused_where_it_covers_copies(string settings, bool isRefused)
    {
        await using var host = await RegistryHost.StartAsync();
        var reply = await host.SendAsync("POST", "/exporters", $"{{\"name\":\"x\",{settings},\"config\":{{\"schema.registry.url\":\"{host.Node.Url}\"}}}}");
        if (isRefused)
        {
            reply.IsError(409, 40951, Refusal);
        }
        else
        {
            reply.Is("{\"name\":\"x\"}");
        }
    }

    [Fact]
    public async Task A_change_that_leads_home_is_refused_too_and_so_is_the_way_through_another_region()
    {
        await using var destination = await RegistryHost.StartAsync();
        await using var home = await RegistryHost.StartAsync();
        await using var reader = await RegistryHost.StartAsync(options => options with { HomeOf = _ => WriteHome.At(home.Node.Url) }, home.Storage);
        await home.RegisterAsync("s", "a");
        (await reader.SendAsync("POST", "/exporters", Exporter(reader.Node.Url))).IsError(409, 40951, Refusal);
        (await home.SendAsync("POST", "/exporters", Exporter(new Uri(reader.Node.Url, "tenants/demo")))).IsError(409, 40951, Refusal);

        // Another registry whose tenant has the same name is another one.
        (await home.SendAsync("POST", "/exporters", Exporter(destination.Node.Url))).Is("{\"name\":\"x\"}");
        await home.SendAsync("PUT", "/exporters/x/pause");
        foreach (var own in (Uri[])[home.Node.Url, reader.Node.Url])
        {
            (await home.SendAsync("PUT", "/exporters/x/config", $"{{\"schema.registry.url\":\"{own}\"}}")).IsError(409, 40951, Refusal);
            (await home.SendAsync("PUT", "/exporters/x", $"{{\"config\":{{\"schema.registry.url\":\"{own}\"}}}}")).IsError(409, 40951, Refusal);
        }
    }

    /// <summary>The target could not be asked when the exporter was made.</summary>
    [Fact]
    public async Task A_target_that_comes_to_be_the_own_registry_gets_no_copy()
    {
        var home = WriteHome.Unknown;
        await using var writer = await RegistryHost.StartAsync();
        await using var reader = await RegistryHost.StartAsync(options => options with { HomeOf = _ => home }, writer.Storage);
        await writer.RegisterAsync("s", "a");
        (await writer.SendAsync("POST", "/exporters", Exporter(reader.Node.Url))).Is("{\"name\":\"x\"}");
        Assert.Contains("50004", await TraceAsync(_ => true), StringComparison.Ordinal);
        home = WriteHome.At(writer.Node.Url);
        await writer.RegisterAsync("t", "b");
        Assert.Equal(Refusal, await TraceAsync(trace => !trace.Contains("50004", StringComparison.Ordinal)));
        (await writer.GetAsync("/contexts")).Is("[\".\"]");

        async Task<string> TraceAsync(Func<string, bool> isWanted)
        {
            var status = await writer.UntilStatusAsync("x", now => now.TryGetProperty("trace", out var trace) && isWanted(trace.GetString()!));
            return status.GetProperty("trace").GetString()!;
        }
    }

    private static string Exporter(Uri target) => $"{{\"name\":\"x\",\"config\":{{\"schema.registry.url\":\"{target}\"}}}}";
}

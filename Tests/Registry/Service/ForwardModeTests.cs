using System.Text;
using SchemaRegistry.Service.Log;
using SchemaRegistry.Service.Tenants;
using Xunit;

namespace Tests.Registry.Service;

/// <summary>Mode FORWARD: for all contexts together, and requests go to another registry.</summary>
public class ForwardModeTests
{
    [Fact]
    public async Task Requests_go_to_the_other_registry_until_the_mode_is_cleared()
    {
        await using var other = await RegistryHost.StartAsync();
        await using var host = await RegistryHost.StartAsync(options => options with { ForwardTo = other.Node.Url });
        await host.RegisterAsync("here", "a");
        (await host.SendAsync("PUT", "/mode/:.__GLOBAL:", "{\"mode\":\"FORWARD\"}")).Is("{\"mode\":\"FORWARD\"}");
        (await host.GetAsync("/mode/:.__GLOBAL:")).Is("{\"mode\":\"FORWARD\"}");
        Assert.Equal(1, await host.RegisterAsync("a/b", "x?"));
        (await other.GetAsync("/subjects")).Is("[\"a/b\"]");
        (await host.GetAsync("/subjects")).Is("[\"a/b\"]");
        (await host.GetAsync("/subjects/a%2Fb/versions/1/schema")).Is("x?");
        (await host.GetAsync("/subjects/here/versions")).IsError(404, 40401);
        (await host.SendAsync("PUT", "/config", "{\"compatibility\":\"NONE\"}")).Is("{\"compatibility\":\"NONE\"}");
        (await other.GetAsync("/config")).Is("{\"compatibilityLevel\":\"NONE\"}");
        (await host.SendAsync("DELETE", "/subjects/a%2Fb")).Is("[1]");
        (await host.SendAsync("DELETE", "/mode/:.__GLOBAL:")).Is("{\"mode\":\"FORWARD\"}");
        (await host.GetAsync("/subjects")).Is("[\"here\"]");
        (await host.GetAsync("/config")).Is("{\"compatibilityLevel\":\"BACKWARD\"}");
    }

    [Fact]
    public async Task Without_another_registry_nothing_is_written_but_with_ids()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("s", "a");
        (await host.SendAsync("PUT", "/mode/s", "{\"mode\":\"FORWARD\"}")).IsError(422, 42204);
        (await host.SendAsync("PUT", "/mode/:.__GLOBAL:", "{\"mode\":\"FORWARD\"}")).Is("{\"mode\":\"FORWARD\"}");
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a b?"))).IsError(422, 42205, "Subject s in context . is not in read-write mode");
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a b", "\"id\":7,\"version\":2"))).Is("{\"id\":7}");
        (await host.GetAsync("/subjects/s/versions")).Is("[1,2]");
    }

    [Fact]
    public async Task A_registry_that_cannot_be_reached_is_said_so()
    {
        await using var host = await RegistryHost.StartAsync(options => options with { ForwardTo = new Uri("http://127.0.0.1:1/") });
        await host.SendAsync("PUT", "/mode/:.__GLOBAL:", "{\"mode\":\"FORWARD\"}");
        (await host.GetAsync("/subjects")).IsError(500, 50003);
    }

    /// <summary>The prefix that names a tenant here means nothing there.</summary>
    [Fact]
    public async Task Tenants_are_no_part_of_the_path_there()
    {
        await using var other = await RegistryHost.StartAsync();
        await other.RegisterAsync("there", "a");
        const string Tenants = """{ "tenants": [ { "name": "acme", "tokens": [ { "sha256": "3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0", "permissions": [ { "operations": ["*"] } ] } ] } ] }""";
        await using var host = await RegistryHost.StartAsync(options => options with
        {
            ForwardTo = other.Node.Url,
            Directory = FileTenantDirectory.Parse(Encoding.UTF8.GetBytes(Tenants)),
            OpenLog = _ => new MemorySchemaLog(new MemorySchemaLog.Storage()),
        });
        var token = ("Authorization", "Bearer token");
        (await host.SendAsync("PUT", "/tenants/acme/mode/:.__GLOBAL:", "{\"mode\":\"FORWARD\"}", token)).Is("{\"mode\":\"FORWARD\"}");
        (await host.GetAsync("/tenants/acme/subjects?deleted=true", token)).Is("[\"there\"]");
    }
}

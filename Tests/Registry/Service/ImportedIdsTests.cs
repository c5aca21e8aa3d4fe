using Xunit;

namespace Tests.Registry.Service;

/// <summary>Ids that imports bring: what has one keeps it.</summary>
public class ImportedIdsTests
{
    [Fact]
    public async Task A_version_keeps_the_id_that_it_has()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.SendAsync("PUT", "/mode", "{\"mode\":\"IMPORT\"}");
        await ImportAsync(host, "a", "x", id: 5, version: 1);
        (await host.SendAsync("POST", "/subjects/a/versions", RegistryHost.Schema("x", "\"id\":7,\"version\":1")))
            .IsError(422, 42207, "Schema already registered with id 5 instead of input id 7");
        Assert.Equal("x", (await host.GetAsync("/schemas/ids/5")).Json.GetProperty("schema").GetString());
        (await host.GetAsync("/schemas/ids/7")).IsError(404, 40403, "Schema 7 not found");
        await ImportAsync(host, "a", "x", id: 5, version: 1);
    }

    [Fact]
    public async Task A_content_with_two_ids_has_one_when_the_other_is_gone()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.SendAsync("PUT", "/mode", "{\"mode\":\"IMPORT\"}");
        await ImportAsync(host, "c", "y", id: 17, version: 1);
        await ImportAsync(host, "b", "y", id: 15, version: 1);
        var guid = (await host.GetAsync("/schemas/ids/17", ("Confluent-Accept-Unknown-Properties", "true"))).Json.GetProperty("guid").GetString();
        (await host.GetAsync($"/schemas/guids/{guid}/ids")).Is("[{\"context\":\".\",\"id\":15}]");
        await host.SendAsync("DELETE", "/subjects/b");
        await host.SendAsync("DELETE", "/subjects/b?permanent=true");
        (await host.GetAsync($"/schemas/guids/{guid}/ids")).Is("[{\"context\":\".\",\"id\":17}]");

        await host.SendAsync("PUT", "/mode?force=true", "{\"mode\":\"READWRITE\"}");
        Assert.Equal(17, (await host.SendAsync("POST", "/subjects/d/versions", RegistryHost.Schema("y"))).Json.GetProperty("id").GetInt32());
        await using var again = await RegistryHost.StartAsync(storage: host.Storage);
        (await again.GetAsync($"/schemas/guids/{guid}/ids")).Is("[{\"context\":\".\",\"id\":17}]");
    }

    private static async Task ImportAsync(RegistryHost host, string subject, string text, int id, int version) =>
        Assert.Equal(id, (await host.SendAsync("POST", $"/subjects/{subject}/versions", RegistryHost.Schema(text, $"\"id\":{id},\"version\":{version}")))
            .Json.GetProperty("id").GetInt32());
}

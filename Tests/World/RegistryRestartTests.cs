using Kernel;
using Tests.World.Harness;
using Xunit;

namespace Tests.World;

/// <summary>The registry's log on our own broker: what every region knows, it knows again from the log alone after kill -9.</summary>
public sealed class RegistryRestartTests
{
    [Fact]
    public async Task Without_snapshots_the_log_gives_the_same_registry_in_every_region()
    {
        await using var federation = new FederationProcess(["eu", "us"]);
        await federation.StartAsync();
        using var home = new RegistryCalls(new Uri(federation.Registry("eu")));
        using var other = new RegistryCalls(new Uri(federation.Registry("us")));
        var highest = await RegistryHistory.WriteAsync(home);
        var before = await home.ViewAsync();
        await federation.KillAsync();
        foreach (var region in federation.Regions)
        {
            if (Directory.Exists(Path.Combine(federation.DataFolder, region, "registry")))
            {
                Directory.Delete(Path.Combine(federation.DataFolder, region, "registry"), recursive: true);
            }
        }

        await federation.StartAsync();
        Assert.Equal(before, await home.ViewAsync());
        Assert.Equal(highest + 1, (await other.RegisterAsync("next", RegistryHistory.Avro("Next", 1))).Id);
        Assert.Equal(await home.ViewAsync(), await other.ViewAsync());
    }

    /// <summary>A record is longer than its schema, here twice: each quotation mark and backslash is escaped. Kafka's default takes one of 1 MiB.</summary>
    [Fact]
    public async Task The_longest_schema_is_read_in_every_region()
    {
        await using var federation = new FederationProcess(["eu", "us"]);
        await federation.StartAsync();
        using var other = new RegistryCalls(new Uri(federation.Registry("us")));
        const string frame = """{"type":"enum","name":"E","doc":"","symbols":["A"]}""";
        var doc = string.Concat(Enumerable.Repeat("\\\"", (Limits.DefaultMaxSchemaChars - frame.Length) / 2));
        var schema = frame.Insert(frame.IndexOf("\",\"symbols", StringComparison.Ordinal), doc);
        Assert.Equal((1, 1), await other.RegisterAsync("long", new { schema }));
        var read = await other.OkAsync("GET", "/schemas/ids/1");
        Assert.Equal(schema, read!.Value.GetProperty("schema").GetString());
    }
}

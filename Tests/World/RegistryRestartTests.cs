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
}

using Federation.Core.Regions;
using Kernel.Ids;

namespace Tests.Unit.HttpDoor;

/// <summary>Requests go by the newest region table.</summary>
public class TableChangeTests
{
    [Fact]
    public async Task Routes_follow_the_region_table()
    {
        await using var world = await DoorWorld.OpenAsync();
        world.Regions.Table = world.TableOf("us", "ap") with { RegistryHome = new RegionId("ap") };
        await DoorWorld.UntilAsync(async () => (await world.SendAsync("GET", "/registry/x")).Text == "ap", "the table's change is not followed");
        Assert.Equal(503, (await world.SendAsync("GET", "/v1/topics")).Status);

        world.Regions.Table = RegionTable.Empty;
        await DoorWorld.UntilAsync(async () => (await world.SendAsync("GET", "/registry/x")) == (503, FailoverTests.Nobody), "the table's change is not followed");

        world.Regions.Table = world.TableOf("eu", "us", "ap");
        await DoorWorld.UntilAsync(async () => (await world.SendAsync("GET", "/registry/x")).Text == "eu", "the table's change is not followed");
        Assert.Equal((200, "control"), await world.SendAsync("GET", "/v1/topics"));

        // A region's services moved to another address.
        await using var moved = await FakeService.StartAsync("moved");
        var table = world.TableOf("eu", "us", "ap");
        world.Regions.Table = table with { Regions = table.Regions.SetItem(0, table.Regions[0] with { Registry = moved.Url }) };
        await DoorWorld.UntilAsync(async () => (await world.SendAsync("GET", "/registry/x")).Text == "moved", "the table's change is not followed");
    }

    [Fact]
    public async Task Tables_that_change_all_the_time_end_with_the_newest()
    {
        await using var world = await DoorWorld.OpenAsync();
        var tables = new[] { world.TableOf("us", "ap", "eu"), world.TableOf("us"), world.TableOf("ap"), RegionTable.Empty };
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 50; i++)
            {
                world.Regions.Table = tables[(thread + i) % tables.Length];
            }
        })));
        world.Regions.Table = world.TableOf("ap");
        await DoorWorld.UntilAsync(async () => (await world.SendAsync("GET", "/registry/x")).Text == "ap", "the newest table is not followed");
    }
}

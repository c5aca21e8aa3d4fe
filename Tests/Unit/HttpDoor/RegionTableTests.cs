using Federation.Core.Regions;
using Kernel.Ids;

namespace Tests.Unit.HttpDoor;

/// <summary>In what order a door asks registries.</summary>
public class RegionTableTests
{
    [Theory]
    [InlineData("eu", "us", "eu us ap za")]
    [InlineData("eu", "eu", "eu us ap za")]
    [InlineData("za", "ap", "za ap eu us")]
    [InlineData("ap", null, "ap eu us za")]
    [InlineData("none", "us", "us eu ap za")]
    [InlineData("eu", "none", "eu us ap za")]
    public void The_local_registry_then_the_homes_then_the_rest(string local, string? home, string order)
    {
        var table = Table(home, "eu", "none", "us", "ap", "za");
        Assert.Equal(order.Split(' '), table.RegistriesFrom(new(local)).Select(entry => entry.Region.Name));
    }

    [Fact]
    public void Tables_are_equal_by_what_they_say()
    {
        Assert.Equal(Table("eu", "eu", "us"), Table("eu", "eu", "us"));
        Assert.Equal(Table("eu", "eu", "us").GetHashCode(), Table("eu", "eu", "us").GetHashCode());
        Assert.NotEqual(Table("eu", "eu", "us"), Table("us", "eu", "us"));
        Assert.NotEqual(Table("eu", "eu", "us"), Table("eu", "us", "eu"));
        Assert.NotEqual(Table("eu", "eu", "us"), Table("eu", "eu"));
        Assert.Null(RegionTable.Empty.Find(new("eu")));
        Assert.Equal("us", Table(null, "eu", "us").Find(new("us"))!.Region.Name);
    }

    /// <summary>The region named none has no registry.</summary>
    private static RegionTable Table(string? home, params string[] names) => new(
        [.. names.Select(name => new RegionEntry(new(name), new($"http://{name}.test"), name == "none" ? null : new($"http://registry.{name}.test")))],
        home is null ? null : new RegionId(home));
}

using Tests.World.Harness;
using Xunit;

namespace Tests.World;

/// <summary>The data sets that all client tests carry are read whole.</summary>
public sealed class RealDataTests
{
    [Fact]
    public void Both_sets_are_read_to_the_end()
    {
        Assert.Equal(20_000, RealData.Flights().Count);
        Assert.True(RealData.ZipCodes().Count > 40_000);
    }
}

using System.Globalization;
using Xunit;

namespace Tests.Simulation.Groups;

/// <summary>SEEDS says how many seeds are run (default 150), SEED runs that one alone.</summary>
public class GroupSimulationTests
{
    private const int Steps = 1200;

    [Fact]
    public void Groups_keep_their_promises_whatever_happens()
    {
        var syncs = 0L;
        foreach (var seed in Seeds())
        {
            try
            {
                var simulation = new GroupSimulation(seed);
                simulation.Run(Steps);
                syncs += simulation.Syncs;
            }
            catch (Exception e)
            {
                throw new Xunit.Sdk.XunitException($"SEED={seed}: {e.Message}", e);
            }
        }

        Assert.True(syncs > 0, "somebody synced");
    }

    private static IEnumerable<ulong> Seeds()
    {
        if (Environment.GetEnvironmentVariable("SEED") is { Length: > 0 } one)
        {
            return [ulong.Parse(one, CultureInfo.InvariantCulture)];
        }

        var count = Environment.GetEnvironmentVariable("SEEDS") is { Length: > 0 } many ? int.Parse(many, CultureInfo.InvariantCulture) : 150;
        return Enumerable.Range(1, count).Select(i => (ulong)i);
    }
}

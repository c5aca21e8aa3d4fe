using System.Globalization;
using Loadtests.Bench;
using Loadtests.Registry;

const string Usage = """
    Loadtests bench [options]   the broker directly, through the gateway and through the mirror, as one table

    Loadtests registry [options]   the schema registry of a region, and a bare Kestrel endpoint as the limit, as one table
      --schemas N,... (10,1000,100000)  --seconds S (3)  --warmup S (1.5)  --rounds N (3)  --connections N (8)

    bench starts two regions of its own unless --direct is given:
      --direct HOST:PORT   the broker          --gateway HOST:PORT   its gateway     --mirror HOST:PORT   the gateway of the mirror's region
      --url URL            HTTP of region one  --pid P,...           server processes
      --size BYTES (1024)  --partitions N (6)  --seconds S (8)  --warmup S (2)  --rate R (half of the slower flat out)  --rounds N (5)  --mirror-mb MB/s (20)  --flush batch|os
    """;

try
{
    switch (args)
    {
        case ["bench", .. var rest]:
            return await BenchCommand.RunAsync(BenchOptions.Parse(rest)).ConfigureAwait(false);
        case ["registry", .. var rest]:
            return await RegistryBenchCommand.RunAsync(RegistryBenchOptions.Parse(rest)).ConfigureAwait(false);
        case ["bare", var port, var bytes]:
            return await BareEndpoint.ServeAsync(int.Parse(port, CultureInfo.InvariantCulture), int.Parse(bytes, CultureInfo.InvariantCulture)).ConfigureAwait(false);
        default:
            Console.Error.WriteLine(Usage);
            return 2;
    }
}
catch (ArgumentException e)
{
    Console.Error.WriteLine($"Loadtests: {e.Message}");
    return 2;
}

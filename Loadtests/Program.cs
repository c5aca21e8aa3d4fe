using Loadtests.Bench;

const string Usage = """
    Loadtests bench [options]   the broker directly, through the gateway and through the mirror, as one table

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

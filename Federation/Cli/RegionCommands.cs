using System.CommandLine;
using Protocol.Contracts.Control;

namespace Federation.Cli;

/// <summary>`fed region …`: the regions and their doors.</summary>
internal static class RegionCommands
{
    public static Command Build()
    {
        var list = new Command("list", "All regions, and where to reach them").Does(async (client, _, format, cancel) =>
        {
            var (regions, code) = await client.GetAsync("/v1/regions", ControlJson.Default.RegionList, cancel).ConfigureAwait(false);
            Output.Print(regions, ControlJson.Default.RegionList, format,
                ["REGION", "KAFKA", "BROKER", "HTTP", "STATE"],
                regions.Regions.Select(r => new[] { r.Name, r.Kafka, r.Broker, r.Http, r.Ready ? "ready" : "degraded" }));
            return code;
        });
        return new Command("region", "Regions") { list };
    }
}

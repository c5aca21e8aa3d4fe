using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Protocol.Contracts.Control;

namespace Federation.Control.Http;

/// <summary>`/v1/mirrors` and `/v1/regions`: how far copies are, and where the regions' doors are.</summary>
internal static class MirrorEndpoints
{
    public static void Map(WebApplication app, RegionHttpOptions options)
    {
        app.MapMethods("/v1/mirrors", Reads.Methods, (string? tenant, string? topic) =>
            Results.Json(new MirrorList(options.Control.Mirrors(tenant, topic)), ControlJson.Default.MirrorList));
        app.MapMethods("/v1/regions", Reads.Methods, () => Results.Json(
            new RegionList([.. options.Control.Regions.Select(r =>
                new RegionResource(r.Region.Name, r.Kafka, $"{r.BrokerHost}:{r.BrokerPort}", r.Http, options.Control.Troubles(r.Region).Count == 0))]),
            ControlJson.Default.RegionList));
    }
}

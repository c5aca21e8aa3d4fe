using System.Net;
using System.Text;
using System.Text.Json;
using Tests.World.Harness;
using Xunit;

namespace Tests.World;

/// <summary>The main job's HTTP front doors, as clients of two regions see them.</summary>
public sealed class FrontDoorTests
{
    [Fact]
    public async Task What_is_registered_through_one_regions_door_is_read_through_the_others()
    {
        await using var federation = new FederationProcess(["eu", "us"]);
        await federation.StartAsync();
        using var http = new HttpClient();

        // Ready means ready: no registry is away at either door, from the first request on.
        for (var i = 1; i <= 20; i++)
        {
            var body = JsonSerializer.Serialize(new { schema = $"{{\"type\":\"record\",\"name\":\"R{i}\",\"fields\":[]}}" });
            using var registered = await http.PostAsync(
                $"{federation.Url("us")}/registry/subjects/door%2F{i}/versions", new StringContent(body, Encoding.UTF8, "application/vnd.schemaregistry.v1+json"));
            Assert.Equal((HttpStatusCode.OK, $"{{\"id\":{i}}}"), (registered.StatusCode, await registered.Content.ReadAsStringAsync()));
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{federation.Url("eu")}/registry/subjects/door%2F{i}/versions/latest");
            request.Headers.Add("Federation-Schema-Offset", registered.Headers.GetValues("Federation-Schema-Offset"));
            using var read = await http.SendAsync(request);
            var version = JsonDocument.Parse(await read.Content.ReadAsStringAsync()).RootElement;
            Assert.Equal(($"door/{i}", i), (version.GetProperty("subject").GetString(), version.GetProperty("id").GetInt32()));
        }

        foreach (var region in federation.Regions)
        {
            var metrics = "";

            // The home's door sees the writes of the other region's registry too.
            var requests = region == federation.Regions[0] ? 40 : 20;
            var count = $"federation_frontdoor_requests_total{{region=\"{region}\",route=\"registry\",status=\"2xx\"}} {requests}\n";
            await Wait.UntilAsync(
                async () => (metrics = await http.GetStringAsync($"{federation.Url(region)}/metrics")).Contains(count, StringComparison.Ordinal),
                TimeSpan.FromSeconds(60),
                () => $"{count} is not in\n{metrics}");
            Assert.Contains($"federation_frontdoor_failovers_total{{region=\"{region}\"}} 0\n", metrics, StringComparison.Ordinal);
            Assert.Contains("federation_gateway_ready", metrics, StringComparison.Ordinal);
            using var hidden = await http.GetAsync($"{federation.Url(region)}/registry/metrics");
            Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
            using var unknown = await http.GetAsync($"{federation.Url(region)}/nothing");
            Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (unknown.StatusCode, unknown.Content.Headers.ContentType!.MediaType));

            // The control API itself, behind the door, says the same.
            Assert.Equal(await http.GetStringAsync($"{federation.Url(region)}/v1/regions"), await http.GetStringAsync($"{federation.Control(region)}/v1/regions"));
        }

        Assert.Equal(0, await federation.StopAsync());
        Assert.DoesNotContain("DataProtection", federation.Output, StringComparison.Ordinal);
    }
}

using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Tests.World.Harness;
using Xunit;

namespace Tests.World;

/// <summary>With `connections.max.idle.ms` of a second, all connections of the federation's own parts end again and again.</summary>
public sealed class SilenceTests
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(60) };

    [Fact]
    public async Task Silent_clients_are_let_go_and_the_federations_own_parts_connect_again()
    {
        await using var federation = new FederationProcess(["eu", "us"], "--set", "connections.max.idle.ms=1000");
        await federation.StartAsync();
        for (var round = 0; round < 3; round++)
        {
            var topic = await Http.PostAsJsonAsync(
                $"{federation.Url("eu")}/v1/topics", new { name = $"t{round}", partitions = 1, home = "eu", mirrors = (string[])["us"] });
            Assert.True(topic.IsSuccessStatusCode, await topic.Content.ReadAsStringAsync());
            foreach (var region in federation.Regions)
            {
                var schema = new { schema = $$"""{"type":"record","name":"R{{round}}{{region}}","fields":[]}""" };
                var registered = await Http.PostAsJsonAsync($"{federation.Registry(region)}/subjects/{region}-{round}/versions", schema);
                Assert.True(registered.IsSuccessStatusCode, await registered.Content.ReadAsStringAsync());
                Assert.InRange((int)JsonNode.Parse(await registered.Content.ReadAsStringAsync())!["id"]!, 1, int.MaxValue);
            }

            foreach (var region in federation.Regions)
            {
                using var health = await Http.GetAsync($"{federation.Url(region)}/health/ready");
                Assert.True(health.IsSuccessStatusCode, await health.Content.ReadAsStringAsync());
            }

            await Task.WhenAll(federation.Regions.SelectMany(region => (string[])[federation.Gateway(region), federation.Broker(region)]).Select(EndsAsync));
        }

        Assert.DoesNotContain("cannot be reached", federation.Output, StringComparison.Ordinal);
    }

    /// <summary>Returns when the server has closed a connection on which nobody said anything, twice: others that were silent before are closed too.</summary>
    private static async Task EndsAsync(string address)
    {
        for (var i = 0; i < 2; i++)
        {
            var (host, port) = (address.Split(':')[0], int.Parse(address.Split(':')[1]));
            using var silent = new TcpClient();
            await silent.ConnectAsync(host, port);
            Assert.Equal(0, await silent.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(TimeSpan.FromSeconds(60)));
        }
    }
}

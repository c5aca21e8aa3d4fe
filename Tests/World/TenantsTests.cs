using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Tests.World.Harness;
using Xunit;

namespace Tests.World;

/// <summary>`fed up --tenants FILE`: the registries of two regions as tenants see them.</summary>
public sealed class TenantsTests
{
    [Fact]
    public async Task Tenants_of_a_file_have_registries_of_their_own_and_lose_them_when_it_says_so()
    {
        var file = Path.Combine(Path.GetTempPath(), $"tenants-{Guid.NewGuid():N}.json");
        await File.WriteAllTextAsync(file, FileOf("a-token", "b-token"));
        try
        {
            await using var federation = new FederationProcess(["eu", "us"], "--tenants", file);
            await federation.StartAsync();
            using var http = new HttpClient();
            const string schema = """{"schema":"\"string\""}""";
            Assert.Equal((HttpStatusCode.OK, """{"id":1}"""), await SendAsync(http, "a-token", HttpMethod.Post, $"{federation.Url("us")}/registry/subjects/s/versions", schema));
            Assert.Equal((HttpStatusCode.OK, """["s"]"""), await SendAsync(http, "a-token", HttpMethod.Get, $"{federation.Url("eu")}/registry/subjects"));
            Assert.Equal((HttpStatusCode.OK, "[]"), await SendAsync(http, "b-token", HttpMethod.Get, $"{federation.Url("eu")}/registry/subjects"));
            Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(http, "c-token", HttpMethod.Get, $"{federation.Url("eu")}/registry/subjects")).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(http, null, HttpMethod.Get, $"{federation.Registry("us")}/subjects")).Status);

            // A token that is taken out, without a restart; another's stays.
            await File.WriteAllTextAsync(file, FileOf("a-new-token", "b-token"));
            foreach (var region in federation.Regions)
            {
                await Wait.UntilAsync(
                    async () => (await SendAsync(http, "a-token", HttpMethod.Get, $"{federation.Url(region)}/registry/subjects")).Status == HttpStatusCode.Unauthorized,
                    TimeSpan.FromSeconds(30),
                    () => $"{region} still takes a token that is not in the file:\n{federation.Output}");
            }

            Assert.Equal((HttpStatusCode.OK, """["s"]"""), await SendAsync(http, "a-new-token", HttpMethod.Get, $"{federation.Url("us")}/registry/subjects"));
            Assert.Equal(HttpStatusCode.OK, (await SendAsync(http, "b-token", HttpMethod.Get, $"{federation.Url("us")}/registry/subjects")).Status);

            // A tenant that comes: its log is made while everything runs, in both regions.
            await File.WriteAllTextAsync(file, FileOf("a-new-token", "b-token", "late-token"));
            await Wait.UntilAsync(
                async () => (await SendAsync(http, "late-token", HttpMethod.Post, $"{federation.Url("us")}/registry/subjects/l/versions", schema)) is (HttpStatusCode.OK, """{"id":1}"""),
                TimeSpan.FromSeconds(60),
                () => $"a new tenant cannot register:\n{federation.Output}");
            Assert.Equal((HttpStatusCode.OK, """["l"]"""), await SendAsync(http, "late-token", HttpMethod.Get, $"{federation.Url("us")}/registry/subjects"));
            await Wait.UntilAsync(
                async () => (await SendAsync(http, "late-token", HttpMethod.Get, $"{federation.Url("eu")}/registry/subjects")) is (HttpStatusCode.OK, """["l"]"""),
                TimeSpan.FromSeconds(30),
                () => $"a new tenant's schema is not in its home:\n{federation.Output}");
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Kafka does not tell '.' from '_' in topics, so a topic that the cluster has already keeps a tenant's log from being made.</summary>
    [Fact]
    public async Task A_tenant_whose_log_cannot_be_made_takes_no_other_tenants_registry_away()
    {
        var file = Path.Combine(Path.GetTempPath(), $"tenants-{Guid.NewGuid():N}.json");
        await File.WriteAllTextAsync(file, $$"""{ "tenants": [ { "name": "acme", "tokens": [ {{Token("a-token")}} ] } ] }""");
        try
        {
            await using var federation = new FederationProcess(["eu", "us"], "--tenants", file);
            await federation.StartAsync();
            using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = federation.Broker("eu") }).Build();
            await admin.CreateTopicsAsync([new TopicSpecification { Name = "blocked__schemas", NumPartitions = 1, ReplicationFactor = 1 }]);
            await federation.StopAsync();
            await File.WriteAllTextAsync(
                file,
                $$"""{ "tenants": [ { "name": "blocked", "tokens": [ {{Token("b-token")}} ] }, { "name": "acme", "tokens": [ {{Token("a-token")}} ] } ] }""");
            await federation.StartAsync();
            using var http = new HttpClient();
            const string schema = """{"schema":"\"string\""}""";
            var registered = (HttpStatusCode.OK, """{"id":1}""");
            Assert.Equal(registered, await SendAsync(http, "a-token", HttpMethod.Post, $"{federation.Url("us")}/registry/subjects/s/versions", schema));
            foreach (var region in federation.Regions)
            {
                var degraded = (HttpStatusCode.OK, "degraded\nthe schema logs of 1 of 2 tenants cannot be read or written\n");
                await Wait.UntilAsync(
                    async () => await SendAsync(http, null, HttpMethod.Get, $"{federation.Registry(region)}/health") == degraded,
                    TimeSpan.FromSeconds(30),
                    () => $"{region} does not say that a tenant has no registry:\n{federation.Output}");
            }

            // What was in the way is gone: nothing has to be restarted.
            await admin.DeleteTopicsAsync(["blocked__schemas"]);
            await Wait.UntilAsync(
                async () => await SendAsync(http, "b-token", HttpMethod.Post, $"{federation.Url("us")}/registry/subjects/s/versions", schema) == registered,
                TimeSpan.FromSeconds(60),
                () => $"the tenant has no registry yet:\n{federation.Output}");
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string FileOf(string a, string b, string? late = null)
    {
        var third = late is null ? "" : $$""", { "name": "late", "tokens": [ {{Token(late)}} ] }""";
        return $$"""{ "tenants": [ { "name": "acme", "tokens": [ {{Token(a)}} ] }, { "name": "other", "tokens": [ {{Token(b)}} ] }{{third}} ] }""";
    }

    private static string Token(string token) =>
        $$"""{ "sha256": "{{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)))}}", "permissions": [ { "operations": ["*"], "subjects": ["*"] } ] }""";

    private static async Task<(HttpStatusCode Status, string Body)> SendAsync(HttpClient http, string? token, HttpMethod method, string url, string? body = null)
    {
        using var request = new HttpRequestMessage(method, url);
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/vnd.schemaregistry.v1+json");
        using var answer = await http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}

using System.Net;
using System.Security.Cryptography;
using System.Text;
using SchemaRegistry.Service;
using SchemaRegistry.Service.Log;
using SchemaRegistry.Service.Tenants;
using Tests.Registry.Subjects;
using Xunit;

namespace Tests.Registry.Service;

/// <summary>Nothing of a tenant is seen or changed without its credentials and the right for it.</summary>
public class TenantsTests
{
    private static readonly string File = $$"""
        { "tenants": [
          { "name": "acme", "hosts": ["acme.test"],
            "users": [
              { "name": "root", "password": "{{FileTenantDirectory.Hash("pw")}}", "permissions": [ { "operations": ["*"] } ] },
              { "name": "orders", "password": "{{FileTenantDirectory.Hash("pw2")}}", "permissions": [
                { "operations": ["SUBJECT_READ", "SUBJECT_WRITE"], "subjects": ["orders-*"] }, { "operations": ["GLOBAL_SUBJECTS_READ"] } ] },
              { "name": "settings", "password": "{{FileTenantDirectory.Hash("pw3")}}", "permissions": [
                { "operations": ["SUBJECT_COMPATIBILITY_READ", "SUBJECT_COMPATIBILITY_WRITE"], "subjects": ["*"] } ] } ],
            "tokens": [ { "sha256": "{{Convert.ToHexString(SHA256.HashData("token"u8))}}", "permissions": [ { "operations": ["SUBJECT_READ"], "subjects": ["*"] } ] } ] },
          { "name": "other", "users": [ { "name": "root", "password": "{{FileTenantDirectory.Hash("else")}}", "permissions": [ { "operations": ["*"] } ] } ] } ] }
        """;

    private static Task<RegistryHost> StartAsync()
    {
        var storages = new Dictionary<string, MemorySchemaLog.Storage> { ["acme"] = new(), ["other"] = new() };
        return RegistryHost.StartAsync(options => options with
        {
            Directory = FileTenantDirectory.Parse(Encoding.UTF8.GetBytes(File)),
            OpenLog = tenant => new MemorySchemaLog(storages[tenant]),
        });
    }

    private static (string, string) Basic(string user, string password) =>
        ("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    [Fact]
    public async Task Credentials_lead_to_their_tenant_alone()
    {
        await using var host = await StartAsync();
        (await host.SendAsync("POST", "/subjects/secret/versions", RegistryHost.Schema("a"), Basic("root", "pw"))).Is("{\"id\":1}");
        (await host.GetAsync("/subjects", Basic("root", "pw"))).Is("[\"secret\"]");
        (await host.GetAsync("/subjects", Basic("root", "else"))).Is("[]");
        (await host.GetAsync("/schemas/ids/1", Basic("root", "else"))).IsError(404, 40403);
        (await host.GetAsync("/tenants/acme/subjects", Basic("root", "pw"))).Is("[\"secret\"]");
        (await host.GetAsync("/tenants/acme/subjects", Basic("root", "else"))).IsError(401, 401);
        (await host.GetAsync("/tenants/other/subjects", Basic("root", "pw"))).IsError(401, 401);
        (await host.GetAsync("/tenants/nobody/subjects", Basic("root", "pw"))).IsError(401, 401);
        (await host.GetAsync("/subjects", ("Host", "acme.test"), Basic("root", "else"))).IsError(401, 401);
        (await host.GetAsync("/subjects", ("Host", "acme.test"), Basic("root", "pw"))).Is("[\"secret\"]");
        (await host.GetAsync("/tenants/other/subjects", ("Host", "acme.test"), Basic("root", "else"))).IsError(401, 401);
        (await host.GetAsync("/tenants/other/subjects", ("Host", "acme.test"))).IsError(401, 401);
        (await host.GetAsync("/tenants/nobody/subjects", ("Host", "acme.test"))).IsError(401, 401);
        (await host.GetAsync("/subjects")).IsError(401, 401);
        (await host.GetAsync("/subjects", ("Authorization", "Basic !"))).IsError(401, 401);
        (await host.GetAsync("/subjects", Basic("root", ""))).IsError(401, 401);
        Assert.Equal(HttpStatusCode.NotFound, (await host.GetAsync("/metrics", Basic("root", "pw"))).Status);
    }

    [Fact]
    public async Task Rights_are_asked_for_subject_and_operation()
    {
        await using var host = await StartAsync();
        var orders = Basic("orders", "pw2");
        await host.SendAsync("POST", "/subjects/secret/versions", RegistryHost.Schema("a"), Basic("root", "pw"));
        (await host.SendAsync("POST", "/subjects/orders-value/versions", RegistryHost.Schema("b"), orders)).Is("{\"id\":2}");
        (await host.SendAsync("POST", "/subjects/secret/versions", RegistryHost.Schema("b"), orders))
            .IsError(403, 403, "User is denied operation SUBJECT_WRITE on Subject: secret");
        (await host.SendAsync("DELETE", "/subjects/orders-value", null, orders)).IsError(403, 403);
        (await host.GetAsync("/subjects/secret/versions/1", orders)).IsError(403, 403);
        (await host.GetAsync("/subjects", orders)).Is("[\"orders-value\"]");
        (await host.GetAsync("/schemas/ids/1", orders)).IsError(403, 403);
        (await host.GetAsync("/schemas/ids/2", orders)).Is("{\"schemaType\":\"AVRO\",\"schema\":\"b\"}");
        (await host.SendAsync("PUT", "/config", "{\"compatibility\":\"NONE\"}", orders)).IsError(403, 403);
        (await host.SendAsync("PUT", "/mode/orders-value", "{\"mode\":\"READONLY\"}", orders)).IsError(403, 403);
        (await host.SendAsync("POST", "/exporters", "{\"name\":\"x\"}", orders)).IsError(403, 403);
        (await host.GetAsync("/subjects/secret/versions/1/schema", ("Authorization", "Bearer token"))).Is("a");
        (await host.GetAsync("/subjects", ("Authorization", "Bearer token"))).IsError(403, 403);
        (await host.GetAsync("/subjects", ("Authorization", "Bearer other"))).IsError(401, 401);
    }

    [Fact]
    public async Task A_right_on_all_subjects_is_none_on_the_settings_of_contexts()
    {
        await using var host = await StartAsync();
        var settings = Basic("settings", "pw3");
        (await host.SendAsync("PUT", "/config/a", "{\"compatibility\":\"NONE\"}", settings)).Is("{\"compatibility\":\"NONE\"}");
        (await host.SendAsync("PUT", "/mode/:.c:a", "{\"mode\":\"READONLY\"}", settings)).Is("{\"mode\":\"READONLY\"}");
        foreach (var scope in (string[])["", "/:.:", "/:.", "/:.c:", "/:.c", "/:.__GLOBAL:", "/:.__GLOBAL"])
        {
            (await host.GetAsync($"/config{scope}", settings)).IsError(403, 403);
            (await host.SendAsync("PUT", $"/config{scope}", "{\"compatibility\":\"NONE\"}", settings)).IsError(403, 403);
            (await host.SendAsync("DELETE", $"/config{scope}", null, settings)).IsError(403, 403);
            (await host.GetAsync($"/mode{scope}", settings)).IsError(403, 403);
            (await host.SendAsync("PUT", $"/mode{scope}", "{\"mode\":\"READONLY_OVERRIDE\"}", settings)).IsError(403, 403);
            (await host.SendAsync("DELETE", $"/mode{scope}?recursive=true", null, settings)).IsError(403, 403);
        }

        (await host.SendAsync("PUT", "/config/:.c:", "{\"compatibility\":\"NONE\"}", settings))
            .IsError(403, 403, "User is denied operation GLOBAL_COMPATIBILITY_WRITE on Subject: :.c:");
        (await host.SendAsync("PUT", "/config/:.c:", "{\"compatibility\":\"NONE\"}", Basic("root", "pw"))).Is("{\"compatibility\":\"NONE\"}");
    }

    [Fact]
    public async Task An_alias_or_a_reference_opens_no_other_subject()
    {
        await using var host = await StartAsync();
        var orders = Basic("orders", "pw2");
        await host.SendAsync("POST", "/subjects/secret/versions", RegistryHost.Schema("hidden"), Basic("root", "pw"));
        await host.SendAsync("PUT", "/config/orders-alias", "{\"alias\":\"secret\"}", Basic("root", "pw"));
        (await host.GetAsync("/subjects/orders-alias/versions/1/schema", orders)).IsError(403, 403);
        (await host.SendAsync("POST", "/subjects/orders-x/versions",
            RegistryHost.Schema("@r", "\"references\":[{\"name\":\"r\",\"subject\":\"secret\",\"version\":1}]"), orders)).IsError(403, 403);
        var referring = RegistryHost.Schema("@r", "\"references\":[{\"name\":\"r\",\"subject\":\"secret\",\"version\":1}]");
        (await host.SendAsync("POST", "/compatibility/schemas", $"{{\"old\":{RegistryHost.Schema("a")},\"new\":{referring}}}", orders)).IsError(403, 403);
        (await host.SendAsync("POST", "/compatibility/schemas", $"{{\"old\":{RegistryHost.Schema("a")},\"new\":{RegistryHost.Schema("a")}}}")).IsError(401, 401);
        (await host.SendAsync("POST", "/subjects/secret/undelete", null, orders)).IsError(403, 403);
        (await host.SendAsync("POST", "/subjects/orders-alias/versions/1/undelete", null, orders)).IsError(403, 403);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"tenants\":[{\"name\":\"a/b\"}]}")]
    [InlineData("{\"tenants\":[{\"name\":\"a\"},{\"name\":\"a\"}]}")]
    [InlineData("{\"tenants\":[{\"name\":\"a\",\"users\":[{\"name\":\"u\",\"password\":\"plain\",\"permissions\":[]}]}]}")]
    [InlineData("{\"tenants\":[{\"name\":\"a\",\"anonymous\":[{\"operations\":[\"FLY\"]}]}]}")]
    public void A_file_that_means_nothing_is_refused(string content) =>
        Assert.Throws<InvalidDataException>(() => FileTenantDirectory.Parse(Encoding.UTF8.GetBytes(content)));

    [Theory]
    [InlineData("{", "it is no JSON at line 1, byte 2")]
    [InlineData("[]", "the whole: an object is expected, not a list")]
    [InlineData("{}", "tenants is missing: a list is expected")]
    [InlineData("{\"tenants\":{\"a\":1}}", "tenants: a list is expected, not an object")]
    [InlineData("{\"tenants\":[\"a\"]}", "tenants[0]: an object is expected, not a text")]
    [InlineData("{\"tenants\":[{}]}", "tenants[0].name is missing: a text is expected")]
    [InlineData("{\"tenants\":[{\"name\":1}]}", "tenants[0].name: a text is expected, not a number")]
    [InlineData("{\"tenants\":[{\"name\":\"a\",\"hosts\":\"h\"}]}", "tenants[0].hosts: a list is expected, not a text")]
    [InlineData("{\"tenants\":[{\"name\":\"a\",\"anonymous\":true}]}", "tenants[0].anonymous: a list is expected, not true or false")]
    [InlineData("{\"tenants\":[{\"name\":\"a\",\"anonymous\":[{}]}]}", "tenants[0].anonymous[0].operations is missing: a list is expected")]
    [InlineData("{\"tenants\":[{\"name\":\"a\",\"tokens\":[{\"sha256\":\"xy\"}]}]}", "tenants[0].tokens[0].sha256: 64 hexadecimal digits are expected")]
    [InlineData("{\"tenants\":[{\"name\":\"a\",\"users\":[{\"name\":\"u\",\"password\":\"sha256$!$!\"}]}]}",
        "tenants[0].users[0].password: user u's is not in the form sha256$SALT$HASH, both in base64")]
    [InlineData("{\"tenants\":[{\"name\":\"acme\"},{\"name\":\"Team_Blue\"}]}",
        "tenants[1].name: 'Team_Blue' is not a tenant's name: 1 to 32 of a-z, 0-9 and '-', beginning with a letter")]
    [InlineData("{\"tenants\":[{\"name\":\"\\ud800\"}]}", "a text in it is no Unicode")]
    public void A_file_of_another_shape_is_told_where(string content, string text) =>
        Assert.Equal(text, Assert.Throws<InvalidDataException>(() => FileTenantDirectory.Parse(Encoding.UTF8.GetBytes(content))).Message);

    [Fact]
    public async Task Another_tenant_does_not_exist_in_an_open_registry()
    {
        await using var host = await RegistryHost.StartAsync();
        (await host.GetAsync("/tenants/demo/subjects")).Is("[]");
        (await host.GetAsync("/tenants/other/subjects")).IsError(404, 404);
    }
}

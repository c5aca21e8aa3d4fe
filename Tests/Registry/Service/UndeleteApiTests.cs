using Xunit;

namespace Tests.Registry.Service;

public class UndeleteApiTests
{
    [Fact]
    public async Task A_subject_comes_back_with_its_versions_and_ids()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("other", "z");
        await host.RegisterAsync("s", "a");
        await host.RegisterAsync("s", "a b?");
        var before = await host.GetAsync("/subjects/s/versions/2");
        (await host.SendAsync("DELETE", "/subjects/s")).Is("[1,2]");
        (await host.SendAsync("POST", "/subjects/s/undelete")).Is("[1,2]");
        Assert.Equal(before.Text, (await host.GetAsync("/subjects/s/versions/2")).Text);
        (await host.GetAsync("/subjects/s/versions")).Is("[1,2]");
        (await host.SendAsync("POST", "/subjects/s/undelete")).Is("[]");
        Assert.Equal(3, await host.RegisterAsync("s", "a b?"));
    }

    [Fact]
    public async Task A_version_comes_back()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("s", "a");
        await host.RegisterAsync("s", "a b?");
        (await host.SendAsync("DELETE", "/subjects/s/versions/1")).Is("1");
        (await host.SendAsync("DELETE", "/subjects/s/versions/2")).Is("2");
        (await host.SendAsync("POST", "/subjects/s/versions/latest/undelete")).Is("2");
        (await host.GetAsync("/subjects/s/versions")).Is("[2]");
        (await host.SendAsync("POST", "/subjects/s/versions/1/undelete")).Is("1");
        (await host.SendAsync("POST", "/subjects/s/versions/1/undelete")).Is("1");
        (await host.GetAsync("/subjects/s/versions")).Is("[1,2]");
    }

    [Fact]
    public async Task What_live_versions_forbid_stays_deleted_unless_forced()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("s", "a");
        await host.RegisterAsync("s", "a b?");
        (await host.SendAsync("DELETE", "/subjects/s/versions/1")).Is("1");
        (await host.SendAsync("DELETE", "/subjects/s/versions/2")).Is("2");

        // Compared with nothing, so it may need what the deleted ones never wrote.
        await host.RegisterAsync("s", "c");
        (await host.SendAsync("POST", "/subjects/s/versions/2/undelete")).IsError(409, 409);
        (await host.SendAsync("POST", "/subjects/s/undelete")).IsError(409, 409);
        (await host.GetAsync("/subjects/s/versions")).Is("[3]");
        (await host.SendAsync("POST", "/subjects/s/versions/2/undelete?force=true")).Is("2");
        (await host.SendAsync("POST", "/subjects/s/versions/1/undelete")).Is("1");
        (await host.GetAsync("/subjects/s/versions")).Is("[1,2,3]");
        (await host.SendAsync("DELETE", "/subjects/s/versions/1")).Is("1");
        await host.SendAsync("PUT", "/config/s", "{\"compatibility\":\"BACKWARD_TRANSITIVE\"}");
        (await host.SendAsync("POST", "/subjects/s/undelete")).IsError(409, 409);
        (await host.SendAsync("POST", "/subjects/s/undelete?force=true")).Is("[1]");
    }

    [Fact]
    public async Task What_refers_to_what_is_gone_stays_deleted()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("base", "a");
        const string Base = "\"references\":[{\"name\":\"base\",\"subject\":\"base\",\"version\":1}]";
        await host.RegisterAsync("s", "@base b?", Base);
        await host.SendAsync("DELETE", "/subjects/s");
        await host.SendAsync("DELETE", "/subjects/base");
        (await host.SendAsync("POST", "/subjects/s/undelete?force=true")).IsError(422, 42201, "No schema reference found for subject \"base\" and version 1");
        (await host.SendAsync("POST", "/subjects/base/undelete")).Is("[1]");
        (await host.SendAsync("POST", "/subjects/s/undelete")).Is("[1]");
        (await host.SendAsync("DELETE", "/subjects/base")).IsError(422, 42206);
    }

    [Fact]
    public async Task What_cannot_come_back_is_said_so()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("s", "a");
        (await host.SendAsync("POST", "/subjects/none/undelete")).IsError(404, 40401, "Subject 'none' not found.");
        (await host.SendAsync("POST", "/subjects/none/versions/1/undelete")).IsError(404, 40401);
        (await host.SendAsync("POST", "/subjects/s/versions/2/undelete")).IsError(404, 40402, "Version 2 not found.");
        (await host.SendAsync("POST", "/subjects/s/versions/latest/undelete")).IsError(404, 40402, "Version latest not found.");
        (await host.SendAsync("POST", "/subjects/s/versions/x/undelete")).IsError(422, 42202);
        (await host.SendAsync("POST", "/subjects/%0A/undelete")).IsError(422, 42208);
        await host.SendAsync("DELETE", "/subjects/s");
        await host.SendAsync("PUT", "/mode", "{\"mode\":\"READONLY\"}");
        (await host.SendAsync("POST", "/subjects/s/undelete")).IsError(422, 42205);
        await host.SendAsync("PUT", "/mode", "{\"mode\":\"READWRITE\"}");
        (await host.SendAsync("DELETE", "/subjects/s?permanent=true")).Is("[1]");
        (await host.SendAsync("POST", "/subjects/s/undelete")).IsError(404, 40401);
    }
}

using System.Net;
using Kernel;
using SchemaRegistry.Service.Log;
using Xunit;

namespace Tests.Registry.Service;

public class SettingsApiTests
{
    private const string ReadOnlyText = "Subject s in context . is in read-only mode";

    [Fact]
    public async Task Config_of_the_registry_is_read_set_and_cleared()
    {
        await using var host = await RegistryHost.StartAsync();
        (await host.GetAsync("/config")).Is("{\"compatibilityLevel\":\"BACKWARD\"}");
        (await host.GetAsync("/config?defaultToGlobal=true")).Is("{\"compatibilityLevel\":\"BACKWARD\"}");
        (await host.SendAsync("PUT", "/config", "{\"compatibility\":\"full\"}")).Is("{\"compatibility\":\"FULL\"}");
        (await host.GetAsync("/config")).Is("{\"compatibilityLevel\":\"FULL\"}");
        (await host.SendAsync("PUT", "/config", "{\"normalize\":true}")).Is("{\"normalize\":true}");
        (await host.GetAsync("/config")).Is("{\"normalize\":true,\"compatibilityLevel\":\"FULL\"}");
        (await host.SendAsync("DELETE", "/config")).Is("{\"normalize\":true,\"compatibilityLevel\":\"FULL\"}");
        (await host.GetAsync("/config")).Is("{\"compatibilityLevel\":\"BACKWARD\"}");
        (await host.SendAsync("PUT", "/config", "{\"compatibility\":\"sideways\"}")).IsError(422, 42203,
            "Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive");
    }

    [Fact]
    public async Task Config_of_a_subject_is_its_own_unless_asked_for_what_holds()
    {
        await using var host = await RegistryHost.StartAsync();
        (await host.GetAsync("/config/s")).IsError(404, 40408, "Subject 's' does not have subject-level compatibility configured");
        (await host.GetAsync("/config/s?defaultToGlobal=true")).Is("{\"compatibilityLevel\":\"BACKWARD\"}");
        (await host.SendAsync("DELETE", "/config/s")).IsError(404, 40401, "Subject 's' not found.");
        (await host.SendAsync("PUT", "/config/s", "{\"compatibility\":\"NONE\",\"compatibilityGroup\":\"g\",\"unknown\":1}"))
            .Is("{\"compatibility\":\"NONE\",\"compatibilityGroup\":\"g\"}");
        (await host.SendAsync("PUT", "/config/s", "{\"compatibilityGroup\":null}")).Is("{}");
        (await host.GetAsync("/config/s")).Is("{\"compatibilityLevel\":\"NONE\"}");
        (await host.SendAsync("PUT", "/config/s", "{\"compatibility\":\"x\"}")).IsError(422, 42203);
        (await host.SendAsync("PUT", "/config/s", "{\"overrideRuleSet\":{\"domainRules\":[{\"name\":\"1\",\"type\":\"CEL\",\"mode\":\"WRITE\"}]}}"))
            .IsError(422, 42210);
        (await host.SendAsync("PUT", "/config/s", "nonsense")).IsError(422, 422);
        (await host.SendAsync("DELETE", "/config/s")).Is("{\"compatibilityLevel\":\"NONE\"}");
        (await host.SendAsync("PUT", "/config/:.c:", "{\"compatibility\":\"FORWARD\"}")).Is("{\"compatibility\":\"FORWARD\"}");
        (await host.GetAsync("/contexts/.c/config")).Is("{\"compatibilityLevel\":\"FORWARD\"}");
        (await host.GetAsync("/contexts/.d/config")).IsError(404, 40408);
        (await host.GetAsync("/config/:.c:s?defaultToGlobal=true")).Is("{\"compatibilityLevel\":\"FORWARD\"}");
        (await host.SendAsync("PUT", "/config/:.__GLOBAL:", "{\"validateFields\":true}")).Is("{\"validateFields\":true}");
        (await host.GetAsync("/config/:.c:s?defaultToGlobal=true")).Is("{\"validateFields\":true,\"compatibilityLevel\":\"FORWARD\"}");
    }

    [Fact]
    public async Task Mode_of_the_registry_is_read_set_and_cleared()
    {
        await using var host = await RegistryHost.StartAsync();
        (await host.GetAsync("/mode")).Is("{\"mode\":\"READWRITE\"}");
        (await host.SendAsync("PUT", "/mode", "{\"mode\":\"readonly\"}")).Is("{\"mode\":\"READONLY\"}");
        (await host.GetAsync("/mode?defaultToGlobal=true")).Is("{\"mode\":\"READONLY\"}");
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a"))).IsError(422, 42205, ReadOnlyText);
        (await host.SendAsync("PUT", "/mode/s", "{\"mode\":\"READWRITE\"}")).Is("{\"mode\":\"READWRITE\"}");
        Assert.Equal(1, await host.RegisterAsync("s", "a"));
        (await host.SendAsync("PUT", "/mode", "{\"mode\":\"READONLY_OVERRIDE\"}")).Is("{\"mode\":\"READONLY_OVERRIDE\"}");
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("b?"))).IsError(422, 42205, ReadOnlyText);

        // What is there already needs no right to write.
        Assert.Equal(1, await host.RegisterAsync("s", "a"));
        (await host.SendAsync("DELETE", "/mode?recursive=true")).Is("{\"mode\":\"READONLY_OVERRIDE\"}");
        (await host.GetAsync("/mode/s")).IsError(404, 40409, "Subject 's' does not have subject-level mode configured");
        (await host.SendAsync("PUT", "/mode", "{\"mode\":\"IMPORT\"}")).IsError(422, 42205, "Cannot import since found existing subjects");
        (await host.SendAsync("PUT", "/mode?force=true", "{\"mode\":\"IMPORT\"}")).Is("{\"mode\":\"IMPORT\"}");
        (await host.SendAsync("PUT", "/mode", "{\"mode\":\"x\"}"))
            .IsError(422, 42204, "Invalid mode. Valid values are READWRITE, READONLY, IMPORT and FORWARD.");
    }

    [Fact]
    public async Task Mode_of_a_subject_is_its_own_unless_asked_for_what_holds()
    {
        await using var host = await RegistryHost.StartAsync();
        (await host.GetAsync("/mode/s?defaultToGlobal=true")).Is("{\"mode\":\"READWRITE\"}");
        (await host.GetAsync("/mode/s")).IsError(404, 40409, "Subject 's' does not have subject-level mode configured");
        (await host.SendAsync("DELETE", "/mode/s")).IsError(404, 40401, "Subject 's' not found.");
        (await host.SendAsync("PUT", "/mode/s", "{\"mode\":\"READONLY\"}")).Is("{\"mode\":\"READONLY\"}");
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a"))).IsError(422, 42205, ReadOnlyText);
        (await host.SendAsync("PUT", "/config/s", "{\"compatibility\":\"NONE\"}")).IsError(422, 42205, ReadOnlyText);
        (await host.SendAsync("DELETE", "/mode/s?recursive=false")).Is("{\"mode\":\"READONLY\"}");
        (await host.SendAsync("PUT", "/mode/s", "{\"mode\":\"FORWARD\"}")).IsError(422, 42204);
        await host.RegisterAsync("s", "a");
        (await host.SendAsync("PUT", "/mode/s", "{\"mode\":\"IMPORT\"}")).IsError(422, 42205, "Cannot import since found existing subjects");
        (await host.SendAsync("PUT", "/mode/s?force=true", "{\"mode\":\"IMPORT\"}")).Is("{\"mode\":\"IMPORT\"}");
    }

    [Fact]
    public async Task Modes_that_may_not_change_do_not()
    {
        await using var host = await RegistryHost.StartAsync(options => options with { Settings = new() { IsModeMutable = false } });
        (await host.SendAsync("PUT", "/mode", "{\"mode\":\"READONLY\"}")).IsError(422, 42205, "Mode changes are not allowed");
        (await host.SendAsync("DELETE", "/mode")).IsError(422, 42205, "Mode changes are not allowed");
        (await host.SendAsync("DELETE", "/mode/s")).IsError(422, 42205, "Mode changes are not allowed");
    }

    [Fact]
    public async Task After_the_last_version_number_none_begins_anew()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.SendAsync("PUT", "/mode/s", "{\"mode\":\"IMPORT\"}");
        await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a", "\"id\":40,\"version\":2147483647"));
        await host.SendAsync("DELETE", "/mode/s");
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a b?"))).IsError(500, 50001, "Subject s has no versions left");
        (await host.GetAsync("/subjects/s/versions")).Is("[2147483647]");
        Assert.Equal(40, await host.RegisterAsync("s", "a"));
    }

    /// <summary>Who may import under one name shares the ids with everybody in the context.</summary>
    [Fact]
    public async Task An_import_leaves_ids_to_others()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.SendAsync("PUT", "/mode/s", "{\"mode\":\"IMPORT\"}");
        const int Last = int.MaxValue - Limits.MinSchemaIdsLeft;
        foreach (var id in (int[])[int.MaxValue, Last + 1])
        {
            (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a", $"\"id\":{id}"))).IsError(422, 42205,
                $"Schema id {id} in context . is not permitted: fewer than 1000000 ids would be left for others");
        }

        // A registry that has come so far is copied, however far it has come.
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a", $"\"id\":{Last}"))).Is($"{{\"id\":{Last}}}");
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("c", $"\"id\":{Last + 2}"))).IsError(422, 42205);
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("b", $"\"id\":{Last + 1}"))).Is($"{{\"id\":{Last + 1}}}");
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("b", $"\"id\":{Last + 1},\"version\":9"))).Is($"{{\"id\":{Last + 1}}}");
        Assert.Equal(Last + 2, await host.RegisterAsync("other", "c"));
    }

    [Theory]
    [InlineData("\"yes\"")]
    [InlineData("\"truthy\"")]
    [InlineData("{}")]
    public async Task A_setting_that_is_neither_true_nor_false_is_refused(string value)
    {
        await using var host = await RegistryHost.StartAsync();
        (await host.SendAsync("PUT", "/config", $"{{\"normalize\":{value}}}"))
            .IsError(422, 422, "The body cannot be read: normalize is neither true nor false");
        Assert.DoesNotContain("normalize", (await host.GetAsync("/config")).Text, StringComparison.Ordinal);
    }

    /// <summary>As Jackson reads them.</summary>
    [Theory]
    [InlineData("\"true\"", "{\"normalize\":true}")]
    [InlineData("\"False\"", "{\"normalize\":false}")]
    [InlineData("\"\"", "{}")]
    public async Task A_setting_may_be_a_text_that_says_true_or_false(string value, string answer)
    {
        await using var host = await RegistryHost.StartAsync();
        (await host.SendAsync("PUT", "/config", $"{{\"normalize\":{value}}}")).Is(answer);
    }

    [Fact]
    public async Task Imports_keep_ids_and_versions()
    {
        await using var host = await RegistryHost.StartAsync();
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a", "\"id\":40")))
            .IsError(422, 42205, "Subject s in context . is not in import mode");
        await host.SendAsync("PUT", "/mode/s", "{\"mode\":\"IMPORT\"}");
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a"))).IsError(422, 42205, "Subject s in context . is not in read-write mode");
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a", "\"id\":40,\"version\":7"))).Is("{\"id\":40}");
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("z", "\"id\":40,\"version\":8")))
            .IsError(422, 42205, "Overwrite new schema with id 40 in context . is not permitted.");
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a", "\"id\":41")))
            .IsError(422, 42207, "Schema already registered with id 40 instead of input id 41");
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("z", "\"id\":41,\"version\":7")))
            .IsError(422, 42207, "Version 7 of subject s in context . is taken by the schema with id 40; that of input id 41 is another");
        (await host.GetAsync("/subjects/s/versions")).Is("[7]");
        await host.SendAsync("DELETE", "/mode/s");
        Assert.Equal(41, await host.RegisterAsync("s", "a b?"));
        (await host.GetAsync("/subjects/s/versions")).Is("[7,8]");
    }

    [Fact]
    public async Task Contexts_are_listed_and_deleted_when_empty()
    {
        await using var host = await RegistryHost.StartAsync();
        (await host.GetAsync("/contexts")).Is("[\".\"]");
        await host.RegisterAsync(":.one:s", "a");
        await host.RegisterAsync(":.two:s", "a");
        (await host.GetAsync("/contexts?contextPrefix=.t")).Is("[\".two\"]");
        (await host.GetAsync("/contexts?offset=1&limit=1")).Is("[\".one\"]");
        (await host.SendAsync("DELETE", "/contexts/.none")).IsError(404, 40401);
        (await host.SendAsync("DELETE", "/contexts/.one")).IsError(422, 42211);
        await host.SendAsync("DELETE", "/subjects/:.one:s");
        await host.SendAsync("DELETE", "/subjects/:.one:s?permanent=true");
        Assert.Equal(HttpStatusCode.NoContent, (await host.SendAsync("DELETE", "/contexts/.one")).Status);
        (await host.GetAsync("/contexts")).Is("[\".\",\".two\"]");
        Assert.Equal(2, await host.RegisterAsync(":.one:s", "b"));
    }

    [Fact]
    public async Task An_alias_stands_for_its_subject()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync("real", "a");
        await host.SendAsync("PUT", "/config/other", "{\"alias\":\"real\"}");
        (await host.GetAsync("/subjects/other/versions/latest/schema")).Is("a");
        Assert.Equal(2, await host.RegisterAsync("other", "a b?"));
        (await host.GetAsync("/subjects/real/versions")).Is("[1,2]");
        Assert.Contains("\"aliases\":[\"other\"]", (await host.GetAsync("/schemas?aliases=true&latestOnly=true")).Text);
    }

    [Theory]
    [InlineData(":.c:", ":.c:")]
    [InlineData("__GLOBAL", "__GLOBAL")]
    [InlineData("a\\u0001b", "a\u0001b")]
    public async Task An_alias_for_what_can_be_no_subject_lets_no_schema_in(string alias, string target)
    {
        await using var host = await RegistryHost.StartAsync();
        await host.SendAsync("PUT", "/config/other", $"{{\"alias\":\"{alias}\"}}");
        (await host.SendAsync("POST", "/subjects/other/versions", RegistryHost.Schema("a")))
            .IsError(422, 42208, $"The specified subject '{target}' is not a valid.");
        (await host.SendAsync("POST", "/subjects/other/undelete")).IsError(422, 42208);
        (await host.GetAsync("/subjects")).Is("[]");
    }

    [Fact]
    public async Task What_an_older_log_has_under_no_subjects_name_is_deleted_by_its_alias()
    {
        var storage = new MemorySchemaLog.Storage();
        var key = """{"keytype":"SCHEMA","subject":"__GLOBAL","version":1,"magic":1}"""u8.ToArray();
        var value = """{"subject":"__GLOBAL","version":1,"id":1,"schema":"a"}"""u8.ToArray();
        storage.Append([new SchemaLogEntry(key, value, 1)], expectedOffset: null);
        await using var host = await RegistryHost.StartAsync(storage: storage);
        await host.SendAsync("PUT", "/config/other", "{\"alias\":\"__GLOBAL\"}");
        (await host.GetAsync("/subjects")).Is("[\"__GLOBAL\"]");
        (await host.SendAsync("DELETE", "/subjects/other")).Is("[1]");
        (await host.SendAsync("DELETE", "/subjects/other?permanent=true")).Is("[1]");
        (await host.GetAsync("/subjects?deleted=true")).Is("[]");
    }
}

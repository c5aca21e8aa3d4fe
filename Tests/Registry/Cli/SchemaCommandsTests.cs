using System.Diagnostics;
using System.Text;
using SchemaRegistry.Service.Log;
using SchemaRegistry.Service.Tenants;
using Tests.Registry.Service;
using Xunit;

namespace Tests.Registry.Cli;

public class SchemaCommandsTests
{
    internal const string Order = """{"type":"record","name":"Order","fields":[{"name":"id","type":"string"}]}""";
    internal const string OrderWithNote = """{"type":"record","name":"Order","fields":[{"name":"id","type":"string"},{"name":"note","type":"string","default":""}]}""";
    internal const string OrderWithAmount = """{"type":"record","name":"Order","fields":[{"name":"id","type":"string"},{"name":"amount","type":"int"}]}""";

    [Fact]
    public async Task A_schema_is_registered_listed_and_shown()
    {
        await using var fed = await Fed.StartAsync();
        var first = (await fed.RunAsync("register", "orders-value", fed.File("order.avsc", Order))).Ends(0);
        Assert.Equal("SUBJECT\tVERSION\tID\tTYPE\norders-value\t1\t1\tAVRO\n", first.Out);
        var again = (await fed.RunAsync("register", "orders-value", fed.File("order.avsc", Order), "-o", "json")).Ends(0);
        Assert.Equal((1, 1), (again.Json.GetProperty("id").GetInt32(), again.Json.GetProperty("version").GetInt32()));
        (await fed.RunAsync("register", "flights", fed.File("flight.proto", "syntax = \"proto3\"; message F { int32 a = 1; }"), "--context", "travel")).Ends(0);
        (await fed.RunAsync("register", ":.travel:seat", fed.File("seat.json", """{"type":"string"}"""), "--metadata", "owner=crew", "--normalize")).Ends(0);
        await fed.Host.SendAsync("PUT", "/config/orders-value", "{\"compatibility\":\"FULL\"}");

        var list = (await fed.RunAsync("list")).Ends(0);
        Assert.Equal("SUBJECT\tVERSION\tID\tTYPE\tLEVEL\tSTATE", list.Out.Split('\n')[0]);
        Assert.Equal([":.travel:flights\t1\t1\tPROTOBUF\tBACKWARD\tlive", ":.travel:seat\t1\t2\tJSON\tBACKWARD\tlive", "orders-value\t1\t1\tAVRO\tFULL\tlive"], list.Rows);
        Assert.Equal([":.travel:seat\t1\t2\tJSON\tBACKWARD\tlive"], (await fed.RunAsync("list", "--context", ".travel", "--prefix", "se")).Ends(0).Rows);
        Assert.Equal("orders-value", (await fed.RunAsync("list", "--prefix", "or", "-o", "json")).Json[0].GetProperty("subject").GetString());

        Assert.Equal(Order + "\n", (await fed.RunAsync("show", "orders-value", "--raw")).Ends(0).Out);
        var shown = (await fed.RunAsync("show", "seat", "--context", ":.travel:", "-o", "json")).Ends(0).Json;
        Assert.Equal("crew", shown.GetProperty("metadata").GetProperty("properties").GetProperty("owner").GetString());
        Assert.Contains("schemaType: PROTOBUF", (await fed.RunAsync("show", "--id", "1", "--context", "travel")).Ends(0).Out);
        Assert.Contains("\"name\": \"Order\"", (await fed.RunAsync("show", "--id", "1")).Ends(0).Out);

        // A registry behind a path, as behind a front door.
        Assert.Equal(3, (await Fed.AtAsync($"{fed.Host.Node.Url}tenants/demo", "list")).Ends(0).Rows.Length);
    }

    [Fact]
    public async Task A_prefix_may_name_its_context()
    {
        await using var fed = await Fed.StartAsync();
        foreach (var subject in (string[])[":.c9:order", ":.c9:seat", ":.c90:order", "order"])
        {
            await fed.Host.RegisterAsync(subject, Order);
        }

        Assert.Equal([":.c9:order", ":.c9:seat"], await ListAsync("--prefix", ":.c9:"));
        Assert.Equal([":.c9:order"], await ListAsync("--prefix", ":.c9:or"));
        Assert.Equal([":.c9:order"], await ListAsync("--prefix", ":.c9:or", "--context", "c9"));
        Assert.Equal([":.c90:order", ":.c9:order", "order"], await ListAsync("--prefix", ":*:or"));
        Assert.Contains("names another context", (await fed.RunAsync("list", "--prefix", ":.c9:or", "--context", "c90")).Ends(2).Error);
        Assert.Equal(2, (await fed.RunAsync("export", "--out", "-", "--prefix", ":.c9:")).Ends(0).Out.Split('\n').Count(line => line.Contains("\"schema\":")));

        async Task<string[]> ListAsync(params string[] args) =>
            [.. (await fed.RunAsync(["list", .. args])).Ends(0).Rows.Select(row => row.Split('\t')[0])];
    }

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    public async Task A_subject_of_dots_alone_is_one_as_any_other(string subject)
    {
        await using var fed = await Fed.StartAsync();
        (await fed.RunAsync("register", subject, fed.File("order.avsc", Order))).Ends(0);
        Assert.Equal([$"{subject}\t1\t1\tAVRO\tBACKWARD\tlive"], (await fed.RunAsync("list")).Ends(0).Rows);
        Assert.Equal(Order + "\n", (await fed.RunAsync("show", subject, "--raw")).Ends(0).Out);
        var path = Path.Combine(fed.Folder, "all.jsonl");
        (await fed.RunAsync("export", "--out", path)).Ends(0);
        await using var other = await Fed.StartAsync();
        (await other.RunAsync("import", path)).Ends(0);
        (await other.RunAsync("delete", subject, "--yes")).Ends(0);
        (await other.Host.GetAsync("/subjects")).Is("[]");
        (await fed.Host.GetAsync("/subjects")).Is($"[\"{subject}\"]");
    }

    [Theory]
    [InlineData("check", "", "it is empty")]
    [InlineData("register", "", "it is empty")]
    [InlineData("check", "\uFEFF \n", "it has white space alone")]
    [InlineData("register", " \n", "it has white space alone")]
    public async Task A_file_without_a_schema_is_none(string verb, string text, string why)
    {
        await using var fed = await Fed.StartAsync();
        await fed.Host.RegisterAsync("s", Order);
        Assert.Contains($"cut.avsc: there is no schema in it, {why}", (await fed.RunAsync(verb, "s", fed.File("cut.avsc", text))).Ends(2).Error);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("1.5")]
    [InlineData("2147483648")]
    public async Task An_option_that_is_no_number_is_named(string id)
    {
        var run = (await Fed.AtAsync("http://127.0.0.1:1", "show", "--id", id)).Ends(2);
        Assert.Contains($"--id {id}: a number is expected", run.Error);
        Assert.DoesNotContain("System.", run.Error);
    }

    [Fact]
    public async Task References_are_given_by_name()
    {
        await using var fed = await Fed.StartAsync();
        (await fed.RunAsync("register", "id", fed.File("id.avsc", """{"type":"record","name":"Id","fields":[]}"""))).Ends(0);
        var user = fed.File("user.avsc", """{"type":"record","name":"User","fields":[{"name":"id","type":"Id"}]}""");
        (await fed.RunAsync("register", "user", user)).Ends(2);
        (await fed.RunAsync("register", "user", user, "--reference", "Id=id:x")).Ends(2);
        (await fed.RunAsync("register", "user", user, "--reference", "Id=id:latest")).Ends(0);
        Assert.Contains("\"version\":1", (await fed.Host.GetAsync("/subjects/user/versions/1")).Text);
        Assert.Equal(5, (await fed.RunAsync("delete", "id", "--yes")).Code);
    }

    [Fact]
    public async Task Deleting_and_undeleting_keep_id_and_version()
    {
        await using var fed = await Fed.StartAsync();
        await fed.Host.RegisterAsync("s", Order);
        await fed.Host.RegisterAsync("s", OrderWithNote);
        Assert.Equal(["2\tdeleted"], (await fed.RunAsync("delete", "s", "--version", "latest", "--yes")).Ends(0).Rows);
        Assert.Equal(5, (await fed.RunAsync("delete", "s", "--version", "2", "--yes")).Code);
        Assert.Equal(["1\tdeleted"], (await fed.RunAsync("delete", "s", "--yes")).Ends(0).Rows);
        Assert.Empty((await fed.RunAsync("list")).Ends(0).Rows);
        Assert.Equal(["s\t2\t2\tAVRO\tBACKWARD\tdeleted"], (await fed.RunAsync("list", "--deleted")).Ends(0).Rows);
        Assert.Equal(3, (await fed.RunAsync("show", "s")).Code);
        Assert.Equal(OrderWithNote + "\n", (await fed.RunAsync("show", "s", "--version", "2", "--deleted", "--raw")).Ends(0).Out);
        Assert.Equal("[\n  1,\n  2\n]\n", (await fed.RunAsync("undelete", "s", "-o", "json")).Ends(0).Out);
        Assert.Equal("2", (await fed.Host.GetAsync("/subjects/s/versions/2")).Json.GetProperty("id").GetRawText());
        Assert.Equal(3, (await fed.RunAsync("undelete", "none")).Code);
        Assert.Equal(5, (await fed.RunAsync("delete", "s", "--permanent", "--yes")).Code);
        (await fed.RunAsync("delete", "s", "--version", "2", "--yes")).Ends(0);
        Assert.Equal(["2\tlive again"], (await fed.RunAsync("undelete", "s", "--version", "2")).Ends(0).Rows);
        (await fed.RunAsync("delete", "s", "--yes")).Ends(0);
        Assert.Equal(["1\tremoved for good", "2\tremoved for good"], (await fed.RunAsync("delete", "s", "--permanent", "--yes")).Ends(0).Rows);
        Assert.Equal(3, (await fed.RunAsync("undelete", "s")).Code);
    }

    [Fact]
    public async Task What_goes_wrong_has_its_exit_code()
    {
        await using var fed = await Fed.StartAsync();
        await fed.Host.RegisterAsync("s", Order);
        var conflict = (await fed.RunAsync("register", "s", fed.File("a.avsc", OrderWithAmount))).Ends(5);
        Assert.Contains("INCOMPATIBLE with version 1, BACKWARD\n  READER_FIELD_MISSING_DEFAULT_VALUE: The field 'amount' at path '/fields/1'", conflict.Out);
        Assert.Equal(2, (await fed.RunAsync("register", "s", fed.File("b.avsc", "{"))).Code);
        Assert.Equal(2, (await fed.RunAsync("register", "s", fed.File("b.txt", Order))).Code);
        Assert.Equal(0, (await fed.RunAsync("register", "s", fed.File("b.txt", Order), "--type", "avro")).Code);
        Assert.Equal(2, (await fed.RunAsync("register", "s", fed.File("a.avsc", Order), "--metadata", "x")).Code);
        Assert.Equal(3, (await fed.RunAsync("register", "s", Path.Combine(fed.Folder, "none.avsc"))).Code);
        Assert.Equal(3, (await fed.RunAsync("show", "none")).Code);
        Assert.Equal(3, (await fed.RunAsync("show", "--id", "77")).Code);
        Assert.Equal(2, (await fed.RunAsync("show")).Code);
        Assert.Equal(2, (await fed.RunAsync("show", "s", "--version", "x")).Code);
        Assert.Equal(2, (await fed.RunAsync("frobnicate")).Code);
        Assert.Equal(2, (await Fed.AtAsync("nowhere", "list")).Code);
        var away = (await Fed.AtAsync("http://127.0.0.1:1", "list")).Ends(7);
        Assert.Contains("FED_REGISTRY", away.Error);
        await fed.Host.SendAsync("PUT", "/mode", "{\"mode\":\"READONLY\"}");
        Assert.Equal(5, (await fed.RunAsync("register", "t", fed.File("a.avsc", Order))).Code);
    }

    [Fact]
    public async Task Credentials_are_sent()
    {
        var file = $$"""{ "tenants": [ { "name": "acme", "users": [ { "name": "root", "password": "{{FileTenantDirectory.Hash("p:w")}}", "permissions": [ { "operations": ["*"] } ] } ] } ] }""";
        await using var fed = await Fed.OfAsync(() => RegistryHost.StartAsync(options => options with
        {
            Directory = FileTenantDirectory.Parse(Encoding.UTF8.GetBytes(file)),
            OpenLog = _ => new MemorySchemaLog(new MemorySchemaLog.Storage()),
        }));
        (await fed.RunAsync("list", "--user", "root:p:w")).Ends(0);
        (await fed.RunAsync("list")).Ends(4);
        (await fed.RunAsync("list", "--user", "root:other")).Ends(4);
        (await fed.RunAsync("list", "--token", "t")).Ends(4);
        (await fed.RunAsync("list", "--user", "root")).Ends(2);

        // From the environment, which the help must not tell.
        Assert.Equal(0, (await ProcessAsync(fed, "root:p:w", "schema", "list")).Code);
        Assert.Equal(4, (await ProcessAsync(fed, "root:p:w", "schema", "list", "--token", "other")).Code);
        Assert.DoesNotContain("p:w", (await ProcessAsync(fed, "root:p:w", "schema", "list", "--help")).Out);
    }

    /// <summary>The program itself: nobody is asked where nobody is, and the code is the process's.</summary>
    [Fact]
    public async Task Without_a_terminal_nothing_is_deleted_unasked()
    {
        await using var fed = await Fed.StartAsync();
        await fed.Host.RegisterAsync("s", Order);
        var (code, _, error) = await ProcessAsync(fed, null, "schema", "delete", "s");
        Assert.Equal((1, "fed: nobody to ask; say --yes to delete\n"), (code, error.ReplaceLineEndings("\n")));
        var (listed, text, _) = await ProcessAsync(fed, null, "schema", "show", "s", "--raw");
        Assert.Equal((0, Order + "\n"), (listed, text.ReplaceLineEndings("\n")));
        Assert.Equal(3, (await ProcessAsync(fed, null, "schema", "show", "none")).Code);
    }

    private static async Task<(int Code, string Out, string Error)> ProcessAsync(Fed fed, string? user, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Federation.Cli.dll"));
        foreach (var arg in args)
        {
            start.ArgumentList.Add(arg);
        }

        start.Environment["FED_REGISTRY"] = fed.Host.Node.Url.ToString();
        start.Environment["FED_REGISTRY_USER"] = user;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}

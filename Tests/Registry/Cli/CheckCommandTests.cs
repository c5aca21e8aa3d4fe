using Federation.Cli.Schemas;
using Tests.Registry.Service;
using Xunit;

namespace Tests.Registry.Cli;

public class CheckCommandTests
{
    [Fact]
    public async Task A_pipeline_is_told_by_exit_code_and_json()
    {
        await using var fed = await Fed.StartAsync();
        await fed.Host.RegisterAsync("s", SchemaCommandsTests.Order);
        var good = fed.File("good.avsc", SchemaCommandsTests.OrderWithNote);
        var bad = fed.File("bad.avsc", SchemaCommandsTests.OrderWithAmount);
        Assert.Equal($"s ({good}): ok, BACKWARD\n", (await fed.RunAsync("check", "s", good)).Ends(0).Out);
        Assert.Equal($"t ({bad}): ok, new subject\n", (await fed.RunAsync("check", "t", bad)).Ends(0).Out);
        Assert.Contains("INCOMPATIBLE with version 1, BACKWARD\n  READER_FIELD_MISSING_DEFAULT_VALUE: The field 'amount'", (await fed.RunAsync("check", "s", bad)).Ends(5).Out);

        var report = (await fed.RunAsync("check", "s", good, "s", bad, "t", good, "s", fed.File("none.avsc", "{}"), "-o", "json")).Ends(5).Json;
        Assert.False(report.GetProperty("compatible").GetBoolean());
        Assert.Equal(["compatible", "incompatible", "new", "invalid"],
            report.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("status").GetString()));
        var finding = report.GetProperty("checks")[1].GetProperty("findings")[0];
        Assert.Equal("READER_FIELD_MISSING_DEFAULT_VALUE", finding.GetProperty("type").GetString());
        Assert.Equal(1, report.GetProperty("checks")[1].GetProperty("version").GetInt32());
        (await fed.RunAsync("check", "s", fed.File("none.avsc", "{}"))).Ends(2);
        (await fed.RunAsync("check", "s")).Ends(2);
        (await fed.RunAsync("check")).Ends(2);
        Assert.Equal("[1]", (await fed.Host.GetAsync("/subjects/s/versions")).Text);
        (await fed.Host.GetAsync("/subjects/t/versions")).IsError(404, 40401);
    }

    [Fact]
    public async Task Versions_and_levels_can_be_chosen()
    {
        await using var fed = await Fed.StartAsync();
        await fed.Host.SendAsync("PUT", "/config/s", "{\"compatibility\":\"NONE\"}");
        await fed.Host.RegisterAsync("s", SchemaCommandsTests.Order);
        await fed.Host.RegisterAsync("s", SchemaCommandsTests.OrderWithAmount);
        var file = fed.File("a.avsc", SchemaCommandsTests.OrderWithAmount);
        (await fed.RunAsync("check", "s", file)).Ends(0);
        (await fed.RunAsync("check", "s", file, "--level", "BACKWARD")).Ends(0);
        Assert.Contains("with version 1, FULL_TRANSITIVE", (await fed.RunAsync("check", "s", file, "--level", "FULL_TRANSITIVE")).Ends(5).Out);
        (await fed.RunAsync("check", "s", file, "--level", "FORWARD_TRANSITIVE")).Ends(0);
        (await fed.RunAsync("check", "s", file, "--level", "FULL", "--against", "1")).Ends(5);
        (await fed.RunAsync("check", "s", file, "--level", "NONE")).Ends(0);
        (await fed.RunAsync("check", "new", file, "--level", "FULL")).Ends(0);
        (await fed.RunAsync("check", "s", fed.File("b.avsc", "{"), "--level", "FULL")).Ends(2);
        await fed.Host.SendAsync("PUT", "/config/s", "{\"compatibility\":\"BACKWARD\"}");
        (await fed.RunAsync("check", "s", file, "--against", "latest")).Ends(0);
        (await fed.RunAsync("check", "s", file, "--against", "1")).Ends(5);
        (await fed.RunAsync("check", "s", file, "--against", "7")).Ends(3);
        (await fed.RunAsync("check", "s", file, "--against", "x")).Ends(2);
        (await fed.RunAsync("check", "s", file, "--level", "SOME")).Ends(2);
    }

    [Fact]
    public async Task A_folder_and_a_manifest_name_many()
    {
        await using var fed = await Fed.StartAsync();
        await fed.Host.RegisterAsync("a/b", SchemaCommandsTests.Order);
        await fed.Host.RegisterAsync("p", "syntax = \"proto3\"; message M { int32 a = 1; }", "\"schemaType\":\"PROTOBUF\"");
        fed.File("a%2Fb.avsc", SchemaCommandsTests.OrderWithAmount);
        fed.File("p.proto", "syntax = \"proto3\"; message M { string a = 1; }");
        fed.File("j.json", "{}");
        fed.File("README.md", "no schema");
        var checks = (await fed.RunAsync("check", "--dir", fed.Folder, "-o", "json")).Ends(5).Json.GetProperty("checks");
        Assert.Equal(["a/b incompatible", "j new", "p incompatible"],
            checks.EnumerateArray().Select(check => $"{check.GetProperty("subject").GetString()} {check.GetProperty("status").GetString()}"));
        Assert.Equal("FIELD_SCALAR_KIND_CHANGED", checks[2].GetProperty("findings")[0].GetProperty("type").GetString());

        var manifest = fed.File("schemas.manifest", """
            {"schemas":[
              {"subject":"user","file":"user.avsc","references":[{"name":"Order","subject":"a/b","version":1}]},
              {"subject":"p","file":"p.proto","type":"PROTOBUF","normalize":true}]}
            """);
        fed.File("user.avsc", """{"type":"record","name":"User","fields":[{"name":"order","type":"Order"}]}""");
        var listed = (await fed.RunAsync("check", "--manifest", manifest, "-o", "json")).Ends(5).Json.GetProperty("checks");
        Assert.Equal(["new", "incompatible"], listed.EnumerateArray().Select(check => check.GetProperty("status").GetString()));
        (await fed.RunAsync("check", "--manifest", fed.File("m", "{"))).Ends(2);
        (await fed.RunAsync("check", "--manifest", fed.File("m", "{\"schemas\":[{\"file\":\"x\"}]}"))).Ends(2);
        (await fed.RunAsync("check", "--manifest", Path.Combine(fed.Folder, "none"))).Ends(3);
        (await fed.RunAsync("check", "--dir", Path.Combine(fed.Folder, "none"))).Ends(3);
    }

    [Fact]
    public void Messages_of_all_languages_are_understood()
    {
        var words = VerdictWords.Of(
        [
            "{errorType:'TYPE_MISMATCH', description:'The type (path '/fields/0') differs', additionalInfo:'reader type: INT'}",
            "{errorType:\"FIELD_REMOVED\", description:\"The new schema lacks a field\"}",
            "{errorType:\"TYPE_CHANGED\", description:\"A type at path '#/' is different'}",
            "{oldSchemaVersion: 12}", "{oldSchema: '{}'}", "Something else", "{validateFields: 'false', compatibility: 'FULL_TRANSITIVE'}",
        ]);
        Assert.Equal(
        [
            new("TYPE_MISMATCH", "The type (path '/fields/0') differs (reader type: INT)"), new("FIELD_REMOVED", "The new schema lacks a field"),
            new("TYPE_CHANGED", "A type at path '#/' is different"), new(null, "Something else"),
        ], words.Findings);
        Assert.Equal((12, "FULL_TRANSITIVE"), (words.Version, words.Level));
    }
}

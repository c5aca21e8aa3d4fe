using System.Net;
using System.Text.Json;
using Kernel;
using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Core.Subjects.Records;
using SchemaRegistry.Service.Log;
using Xunit;

namespace Tests.Registry.Service;

/// <summary>How many and how long an exporter's settings may be, however they come.</summary>
public class ExporterBoundsTests
{
    private const string Address = "http://127.0.0.1:1";

    private static readonly Dictionary<string, string> Config = new() { ["schema.registry.url"] = Address };

    private static string[] Subjects(int count) => [.. Enumerable.Range(0, count).Select(i => $"s{i}")];

    [Fact]
    public async Task What_is_too_much_is_refused()
    {
        await using var host = await RegistryHost.StartAsync();
        await AssertRefusedAsync(new { subjects = Subjects(Limits.MaxSchemaExporterSubjects + 1), config = Config },
            40952, "Invalid exporter subjects: more than 1000");
        await AssertRefusedAsync(new { subjects = (string[])["s", Long(Limits.MaxSchemaExporterSubjectChars)], config = Config },
            40952, "Invalid exporter subjects: one has more than 2051 characters");
        await AssertRefusedAsync(new { context = Long(Limits.MaxSchemaSubjectChars), config = Config },
            40951, "Invalid exporter config: contextType and context have at most 1024 characters");
        await AssertRefusedAsync(new { contextType = Long(Limits.MaxSchemaSubjectChars), config = Config },
            40951, "Invalid exporter config: contextType and context have at most 1024 characters");
        await AssertRefusedAsync(new { subjectRenameFormat = "${subject}" + Long(Limits.MaxSchemaSubjectChars), config = Config },
            40951, "Invalid exporter config: subjectRenameFormat has more than 1024 characters");
        await AssertRefusedAsync(new { config = Subjects(Limits.MaxSchemaExporterSettings + 1).ToDictionary(name => name, _ => "") },
            40951, "Invalid exporter config: more than 1000 settings");
        await AssertRefusedAsync(
            new { config = new Dictionary<string, string> { ["schema.registry.url"] = $"{Address}/{Long(Limits.MaxSchemaExporterSettingChars)}" } },
            40951, "Invalid exporter config: a setting has more than 32767 characters");
        (await host.GetAsync("/exporters")).Is("[]");

        async Task AssertRefusedAsync(object settings, int code, string message)
        {
            var body = JsonSerializer.SerializeToNode(settings)!;
            body["name"] = "x";
            (await host.SendAsync("POST", "/exporters", body.ToJsonString())).IsError(409, code, message);
        }
    }

    [Fact]
    public async Task As_much_as_is_allowed_is_taken()
    {
        await using var host = await RegistryHost.StartAsync();
        var longest = $":.{Long(Limits.MaxSchemaSubjectChars - 2)}:{Long(Limits.MaxSchemaSubjectChars - 1)}*";
        Assert.Equal(Limits.MaxSchemaExporterSubjectChars, longest.Length);
        string[] subjects = [.. Subjects(Limits.MaxSchemaExporterSubjects - 1), longest];
        (await host.SendAsync("POST", "/exporters", JsonSerializer.Serialize(new { name = "x", subjects, config = Config }))).Is("{\"name\":\"x\"}");
    }

    /// <summary>Who has it can still pause, change and delete it.</summary>
    [Fact]
    public async Task An_exporter_of_too_many_subjects_from_the_log_fails_and_says_why()
    {
        var storage = new MemorySchemaLog.Storage();
        var record = new ExporterRecord("x", new Exporter("x", "AUTO", null, Subjects(Limits.MaxSchemaExporterSubjects + 1), null, Config, false, 0));
        storage.Append([new SchemaLogEntry(RecordCodec.EncodeKey(record), RecordCodec.EncodeValue(record), 1)], expectedOffset: 0);
        await using var host = await RegistryHost.StartAsync(storage: storage);
        var status = await host.UntilStatusAsync("x", now => now.TryGetProperty("trace", out _) || now.GetProperty("state").GetString() != "STARTING");
        Assert.Equal("Invalid exporter subjects: more than 1000", status.GetProperty("trace").GetString());
        (await host.SendAsync("PUT", "/exporters/x/pause")).Is("{\"name\":\"x\"}");
        (await host.SendAsync("PUT", "/exporters/x/resume")).IsError(409, 40952);
        (await host.SendAsync("PUT", "/exporters/x/reset")).Is("{\"name\":\"x\"}");
        (await host.SendAsync("PUT", "/exporters/x", "{\"subjects\":[\"s\"]}")).Is("{\"name\":\"x\"}");
        Assert.Equal(HttpStatusCode.NoContent, (await host.SendAsync("DELETE", "/exporters/x")).Status);
    }

    /// <summary>Longer than so many characters.</summary>
    private static string Long(int chars) => new('n', chars + 1);
}

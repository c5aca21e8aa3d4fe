using System.Globalization;
using System.Text.RegularExpressions;
using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Core.Subjects.Records;
using SchemaRegistry.Service;
using SchemaRegistry.Service.Log;
using Xunit;

namespace Tests.Registry.Service;

/// <summary>Exporters over restarts and changes of their settings.</summary>
public class LinkingTests
{
    [Fact]
    public async Task An_exporter_goes_on_where_it_was()
    {
        await using var destination = await RegistryHost.StartAsync();
        var storage = new MemorySchemaLog.Storage();
        await using (var source = await RegistryHost.StartAsync(storage: storage))
        {
            for (var i = 1; i <= 10; i++)
            {
                await source.RegisterAsync($"s{i}", $"a{i}");
            }

            await source.RegisterAsync("s1", "a1 b?");
            await CreateAsync(source, destination);
            await UntilAsync(source, "x");
        }

        (await destination.GetAsync("/subjects/s1/versions")).Is("[1,2]");
        var before = Answered(destination);
        await using (var again = await RegistryHost.StartAsync(storage: storage))
        {
            await UntilAsync(again, "x");
            Assert.Equal(before, Answered(destination));

            // What changes while it is paused is all that is sent afterwards.
            (await again.SendAsync("PUT", "/exporters/x/pause")).Is("{\"name\":\"x\"}");
            await again.RegisterAsync("s2", "a2 b?");
            await again.SendAsync("DELETE", "/subjects/s3");
            await again.SendAsync("DELETE", "/subjects/s4");
            await again.SendAsync("DELETE", "/subjects/s4?permanent=true");
        }

        await using (var last = await RegistryHost.StartAsync(storage: storage))
        {
            (await last.SendAsync("PUT", "/exporters/x/resume")).Is("{\"name\":\"x\"}");
            await UntilAsync(last, "x");
            (await destination.GetAsync("/subjects/s2/versions")).Is("[1,2]");
            (await destination.GetAsync("/subjects/s3/versions")).IsError(404, 40401);
            (await destination.GetAsync("/subjects/s3/versions?deleted=true")).Is("[1]");
            (await destination.GetAsync("/subjects/s4/versions?deleted=true")).IsError(404, 40401);
            Assert.InRange(Answered(destination) - before, 1, 18);

            // A reset sends all again.
            before = Answered(destination);
            await last.SendAsync("PUT", "/exporters/x/pause");
            await last.SendAsync("PUT", "/exporters/x/reset");
            await last.SendAsync("PUT", "/exporters/x/resume");
            await UntilAsync(last, "x");
            Assert.True(Answered(destination) - before >= 10, "all is sent");
        }
    }

    [Fact]
    public async Task Other_subjects_make_the_copy_begin_anew_and_other_credentials_do_not()
    {
        await using var destination = await RegistryHost.StartAsync();
        await using var source = await RegistryHost.StartAsync();
        await source.RegisterAsync("s", "a");
        await source.RegisterAsync("t", "b");
        await CreateAsync(source, destination, "\"subjects\":[\"s\"]");
        await UntilAsync(source, "x");
        (await destination.GetAsync("/subjects")).Is("[\"s\"]");
        await source.SendAsync("PUT", "/exporters/x/pause");
        (await source.SendAsync("PUT", "/exporters/x", "{\"subjects\":[\"s\",\"t\"]}")).Is("{\"name\":\"x\"}");
        await source.SendAsync("PUT", "/exporters/x/resume");
        await UntilAsync(source, "x");
        (await destination.GetAsync("/subjects")).Is("[\"s\",\"t\"]");
        Assert.Equal(1, source.Node.Registry("demo").Image.Exporters["x"].Generation);
        await source.SendAsync("PUT", "/exporters/x/pause");
        await source.SendAsync("PUT", "/exporters/x/config", $"{{\"schema.registry.url\":\"{destination.Node.Url}\",\"basic.auth.user.info\":\"u:p\"}}");
        Assert.Equal(1, source.Node.Registry("demo").Image.Exporters["x"].Generation);
        await source.SendAsync("DELETE", "/exporters/x");
        Assert.Empty(source.Node.Registry("demo").Image.ExporterProgresses);
    }

    /// <summary>Where another region writes, the status is that of the region that does; nothing is copied twice.</summary>
    [Fact]
    public async Task Only_the_region_that_writes_exports()
    {
        await using var destination = await RegistryHost.StartAsync();
        await using var source = await RegistryHost.StartAsync();
        await using var reader = await RegistryHost.StartAsync(options => options with { HomeOf = _ => WriteHome.At(source.Node.Url) }, source.Storage);
        await source.RegisterAsync("s", "a");
        await CreateAsync(source, destination);
        await UntilAsync(source, "x");
        var progress = source.Node.Registry("demo").Image.ExporterProgresses["x"];
        await reader.Node.Registry("demo").WaitForAsync(source.Node.Registry("demo").Applied - 1, TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        var status = (await reader.GetAsync("/exporters/x/status")).Json;
        Assert.Equal(("RUNNING", progress.Offset), (status.GetProperty("state").GetString(), status.GetProperty("offset").GetInt64()));
    }

    /// <summary>The target ends a subject's mode with its last version, and setting it again removes what is softly deleted there.</summary>
    [Theory]
    [InlineData("NONE")]
    [InlineData("DEFAULT")]
    [InlineData("AUTO")]
    public async Task A_subject_whose_last_version_was_deleted_is_copied_again(string contextType)
    {
        await using var destination = await RegistryHost.StartAsync();
        var storage = new MemorySchemaLog.Storage();
        var context = contextType == "AUTO" ? ":.demo:" : "";
        await using (var source = await RegistryHost.StartAsync(storage: storage))
        {
            await source.RegisterAsync("s", "a");
            await CreateAsync(source, destination, contextType: contextType);
            await UntilAsync(source, "x");
            await source.SendAsync("DELETE", "/subjects/s/versions/1");
            await UntilAsync(source, "x");
            await source.RegisterAsync("s", "b");
            await source.RegisterAsync("t", "c");
            await UntilAsync(source, "x");
            (await destination.GetAsync($"/subjects/{context}s/versions?deletedAsNegative=true")).Is("[-1,2]");
            (await destination.GetAsync($"/subjects/{context}t/versions")).Is("[1]");
            await source.SendAsync("DELETE", "/subjects/s/versions/2");
            await UntilAsync(source, "x");
        }

        // One that begins where another ended knows no more than the log.
        await using var again = await RegistryHost.StartAsync(storage: storage);
        await again.RegisterAsync("s", "d");
        await UntilAsync(again, "x");
        (await destination.GetAsync($"/subjects/{context}s/versions?deletedAsNegative=true")).Is("[-1,-2,3]");
        (await destination.GetAsync($"/schemas/ids/1?subject={context}s")).Is("{\"schemaType\":\"AVRO\",\"schema\":\"a\"}");
    }

    /// <summary>Deleted for good while the exporter rests, and registered again: the number is the old one, the id is not.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_version_that_came_back_with_another_id_has_it_at_the_target_too(bool isRestarted)
    {
        await using var destination = await RegistryHost.StartAsync();
        var storage = new MemorySchemaLog.Storage();
        var source = await RegistryHost.StartAsync(storage: storage);
        try
        {
            await source.RegisterAsync("s", "a");
            await CreateAsync(source, destination, "\"contextType\":\"NONE\"");
            await UntilAsync(source, "x");
            await source.SendAsync("PUT", "/exporters/x/pause");
            await source.SendAsync("DELETE", "/subjects/s");
            await source.SendAsync("DELETE", "/subjects/s?permanent=true");
            await source.RegisterAsync("s", "a");
            if (isRestarted)
            {
                await source.DisposeAsync();
                source = await RegistryHost.StartAsync(storage: storage);
            }

            await source.SendAsync("PUT", "/exporters/x/resume");
            await UntilAsync(source, "x");
            Assert.Equal(2, (await source.GetAsync("/subjects/s/versions/1")).Json.GetProperty("id").GetInt32());
            Assert.Equal(2, (await destination.GetAsync("/subjects/s/versions/1")).Json.GetProperty("id").GetInt32());
        }
        finally
        {
            await source.DisposeAsync();
        }
    }

    /// <summary>Clients leave segments of dots out of addresses.</summary>
    [Fact]
    public async Task Subjects_of_dots_alone_are_copied()
    {
        await using var destination = await RegistryHost.StartAsync();
        await using var source = await RegistryHost.StartAsync();
        await source.RegisterAsync(":.:.", "a");
        await source.RegisterAsync(":.:..", "b");
        await CreateAsync(source, destination, "\"contextType\":\"NONE\"");
        await UntilAsync(source, "x");
        (await destination.GetAsync("/subjects")).Is("[\".\",\"..\"]");
    }

    [Theory]
    [InlineData("NONE", "")]
    [InlineData("AUTO", ":.demo:")]
    public async Task A_reference_into_another_context_is_copied_before_what_refers_to_it(string contextType, string context)
    {
        await using var destination = await RegistryHost.StartAsync();
        await using var source = await RegistryHost.StartAsync();
        await source.RegisterAsync(":.shared:filler", "f");
        await source.RegisterAsync(":.shared:base", "b");
        await source.RegisterAsync("user", "@r", "\"references\":[{\"name\":\"r\",\"subject\":\":.shared:base\",\"version\":1}]");
        await CreateAsync(source, destination, contextType: contextType);
        await UntilAsync(source, "x");
        (await destination.GetAsync($"/subjects/{context}user/versions")).Is("[1]");
    }

    [Fact]
    public void Progress_survives_as_a_record_and_in_snapshots()
    {
        var record = new ExporterProgressRecord("x", new ExporterProgress("x", 3, 5_000_000_000, 1_700_000_000_000));
        var read = RecordCodec.Decode(RecordCodec.EncodeKey(record), RecordCodec.EncodeValue(record), 0);
        Assert.Equal(record, read);
        var image = RegistryImage.Empty.With(record);
        Assert.Contains(record, image.ToRecords());
        Assert.Empty(image.With(new ExporterProgressRecord("x", null)).ExporterProgresses);
    }

    [Fact]
    public async Task Every_named_exporter_that_is_not_there_is_said_so()
    {
        await using var host = await RegistryHost.StartAsync();
        foreach (var (method, path) in new[]
        {
            ("GET", ""), ("PUT", ""), ("DELETE", ""), ("PUT", "/pause"), ("PUT", "/resume"), ("PUT", "/reset"), ("GET", "/status"), ("GET", "/config"), ("PUT", "/config"),
        })
        {
            (await host.SendAsync(method, $"/exporters/none{path}", method == "PUT" ? "{}" : null)).IsError(404, 40450, "Exporter 'none' not found.");
        }
    }

    [Fact]
    public async Task Changes_of_an_exporter_are_checked()
    {
        await using var host = await RegistryHost.StartAsync();
        const string Config = "\"config\":{\"schema.registry.url\":\"http://127.0.0.1:1\"}";
        await host.SendAsync("POST", "/exporters", $"{{\"name\":\"x\",{Config}}}");
        (await host.SendAsync("PUT", "/exporters/x/reset")).IsError(409, 40963, "Exporter 'x' is not paused");
        (await host.SendAsync("PUT", "/exporters/x/config", "{}")).IsError(409, 40963);
        await host.SendAsync("PUT", "/exporters/x/pause");
        (await host.SendAsync("PUT", "/exporters/x", "{\"contextType\":\"NOWHERE\"}")).IsError(409, 40951);
        (await host.SendAsync("PUT", "/exporters/x", "{\"subjects\":[]}")).IsError(409, 40952, "Invalid exporter subjects");
        for (var i = 1; i < Kernel.Limits.MaxSchemaExporters; i++)
        {
            (await host.SendAsync("POST", "/exporters", $"{{\"name\":\"x{i}\",{Config}}}")).Is($"{{\"name\":\"x{i}\"}}");
        }

        (await host.SendAsync("POST", "/exporters", $"{{\"name\":\"y\",{Config}}}")).IsError(409, 40964, "A maximum of 100 exporters already exist");
        Assert.Equal(100, (await host.GetAsync("/exporters")).Json.GetArrayLength());
    }

    private static async Task CreateAsync(
        RegistryHost source, RegistryHost destination, string more = "\"subjects\":[\"*\"]", string contextType = "NONE") =>
        (await source.SendAsync("POST", "/exporters",
            $"{{\"name\":\"x\",\"contextType\":\"{contextType}\",{more},\"config\":{{\"schema.registry.url\":\"{destination.Node.Url}\"}}}}"))
            .Is("{\"name\":\"x\"}");

    /// <summary>Requests that a host has answered, those of the test among them.</summary>
    private static long Answered(RegistryHost host) =>
        Regex.Matches(host.Node.MetricsText(), "requests_total\\{[^}]*\\} (\\d+)").Sum(match => long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));

    private static async Task UntilAsync(RegistryHost host, string exporter)
    {
        var last = host.Storage.Records.Count - 1;
        await host.UntilStatusAsync(exporter, now =>
        {
            Assert.False(now.TryGetProperty("trace", out var trace), trace.ToString());
            return now.GetProperty("offset").GetInt64() >= last;
        });
    }
}

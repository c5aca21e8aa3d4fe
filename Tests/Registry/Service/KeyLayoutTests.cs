using System.Text;
using CsCheck;
using Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Core.Subjects.Records;
using SchemaRegistry.Service.Log;
using SchemaRegistry.Service.State;
using Tests.Registry.Subjects;
using Xunit;

namespace Tests.Registry.Service;

/// <summary>
/// A log with keys in the layouts of old releases and other registries: read by meaning, and left so that compaction, which goes by bytes, brings
/// nothing back.
/// </summary>
public class KeyLayoutTests
{
    [Fact]
    public async Task What_is_deleted_here_ends_all_layouts_of_its_key()
    {
        var storage = new MemorySchemaLog.Storage();
        Append(storage, """{"subject":"s","version":1,"magic":0,"keytype":"SCHEMA"}""", Value("s", 1, 1, "a"));
        Append(storage, """{"subject":null,"magic":0,"keytype":"CONFIG"}""", """{"compatibilityLevel":"NONE"}""");
        await using (var registry = Open(storage))
        {
            await RunAsync(registry, new DeleteSubject("s", IsPermanent: false), new DeleteSubject("s", IsPermanent: true), new ClearConfig(null));
            Assert.Equal((0, 0), (registry.Image.Subjects.Count, registry.Image.Configs.Count));
        }

        var compacted = Compacted(storage);
        Assert.Equal((0, 0), (compacted.Subjects.Count, compacted.Configs.Count));
        Assert.Equal(1, compacted.Context(".").HighestId);
    }

    [Fact]
    public async Task What_others_deleted_under_the_present_layout_is_ended_with_the_next_write()
    {
        var storage = new MemorySchemaLog.Storage();
        Append(storage, """{"subject":"s","version":1,"magic":0,"keytype":"SCHEMA"}""", Value("s", 1, 1, "a"));
        Append(storage, """{"keytype":"SCHEMA","subject":"s","version":1,"magic":1,"seq":0,"node":0}""", Value("s", 1, 1, "a"));
        Append(storage, """{"keytype":"SCHEMA","subject":"s","version":1,"magic":1}""", Value("s", 1, 1, "a", "true"));
        Append(storage, """{"keytype":"SCHEMA","subject":"s","version":1,"magic":1}""", null);
        await using (var registry = Open(storage))
        {
            await RunAsync(registry, Register("t", "b"));
            Assert.Equal(["t"], registry.Image.Subjects.Keys);
        }

        Assert.Equal(["t"], Compacted(storage).Subjects.Keys);
    }

    [Fact]
    public async Task A_key_that_lives_on_is_not_lost_when_its_old_layout_ends()
    {
        var storage = new MemorySchemaLog.Storage();
        Append(storage, """{"subject":"s","version":1,"magic":0,"keytype":"SCHEMA"}""", Value("s", 1, 1, "a"));
        await using (var registry = Open(storage))
        {
            await RunAsync(registry, Register("s", "a b?"), new DeleteVersion("s", "1", IsPermanent: false));
        }

        var compacted = Compacted(storage);
        Assert.Equal([(1, true), (2, false)], compacted.Subjects["s"].Versions.Values.Select(schema => (schema.Version, schema.IsDeleted)));
        Assert.DoesNotContain(LastOfEachKey(storage), record => record.Key[2] == (byte)'s');
    }

    [Fact]
    public async Task The_highest_id_that_others_deleted_is_written_down()
    {
        var storage = new MemorySchemaLog.Storage();
        Append(storage, Key("s", 1, layout: 0), Value("s", 1, 7, "a"));
        Append(storage, Key("s", 1, layout: 0), null);
        Append(storage, Key(":.c:s", 1, layout: 0), Value(":.c:s", 1, 9, "a", "true"));
        Append(storage, """{"keytype":"CLEAR_SUBJECT","subject":":.c:s","magic":0}""", """{"subject":":.c:s"}""");
        await using (var registry = Open(storage))
        {
            await RunAsync(registry, new SetMode("other", "READONLY", false));
            Assert.Equal(0, registry.OverwrittenKeys);
        }

        var compacted = Compacted(storage);
        Assert.Equal((7, 9), (compacted.Context(".").HighestId, compacted.Context(".c").HighestId));
    }

    [Fact]
    public async Task A_snapshot_remembers_the_layouts()
    {
        var folder = Directory.CreateTempSubdirectory("registry");
        try
        {
            var storage = new MemorySchemaLog.Storage();
            var snapshot = new SnapshotFile(Path.Combine(folder.FullName, "demo.schemas"));
            foreach (var subject in new[] { "gone", "kept" })
            {
                Append(storage, $$"""{"subject":"{{subject}}","version":1,"magic":0,"keytype":"SCHEMA"}""", Value(subject, 1, 1, "a"));
            }

            Append(storage, """{"keytype":"SCHEMA","subject":"gone","version":1,"magic":1}""", null);
            await using (var first = Open(storage, snapshot))
            {
                await first.CaughtUp;
            }

            await using (var second = Open(storage, snapshot))
            {
                await RunAsync(second, new DeleteSubject("kept", IsPermanent: false), new DeleteSubject("kept", IsPermanent: true));
            }

            Assert.Empty(Compacted(storage).Subjects);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Others write in any layout, this registry deletes and registers: what compaction leaves is what there was.</summary>
    [Fact]
    public void Compaction_brings_nothing_back_and_takes_nothing_away()
    {
        var step = Gen.Select(Gen.Int[0, 5], Gen.Int[0, 2], Gen.Int[1, 3], Gen.Int[0, 3]);
        step.List[1, 25].Sample(steps => RunAsync(steps).GetAwaiter().GetResult(), iter: 200, threads: 1);
    }

    private static async Task RunAsync(List<(int What, int Subject, int Version, int Layout)> steps)
    {
        var storage = new MemorySchemaLog.Storage();
        var registry = Open(storage);
        await registry.CaughtUp;
        foreach (var (what, subject, version, layout) in steps)
        {
            var name = $"s{subject}";
            switch (what)
            {
                case 0 or 1:
                    var value = Value(name, version, (subject * 3) + version, $"a{subject}{version}", what == 1 ? "true" : "false");
                    Append(storage, Key(name, version, layout), value);
                    break;
                case 2:
                    // As Confluent's registry does it: under the present layout, whatever was there before.
                    Append(storage, Key(name, version, layout: 0), null);
                    break;
                case 3:
                    await registry.ExecuteAsync(new DeleteVersion(name, $"{version}", IsPermanent: false), default);
                    break;
                case 4:
                    await registry.ExecuteAsync(new DeleteVersion(name, $"{version}", IsPermanent: true), default);
                    break;
                default:
                    await registry.ExecuteAsync(Register(name, $"b{subject}{version}") with { Force = true }, default);
                    break;
            }

            Assert.True(await registry.WaitForAsync(storage.Records.Count - 1, TimeSpan.FromSeconds(30), default));
        }

        await RunAsync(registry, new SetMode("last", "READONLY", false));
        var expected = Versions(registry.Image);
        await registry.DisposeAsync();
        Assert.Equal(expected, Versions(Compacted(storage)));
    }

    private static string Key(string subject, int version, int layout) => layout switch
    {
        0 => $$"""{"keytype":"SCHEMA","subject":"{{subject}}","version":{{version}},"magic":1}""",
        1 => $$"""{"subject":"{{subject}}","version":{{version}},"magic":0,"keytype":"SCHEMA"}""",
        2 => $$"""{"magic":1,"keytype":"SCHEMA","subject":":.:{{subject}}","version":{{version}}}""",
        _ => $$"""{"keytype":"SCHEMA","subject":"{{subject}}","version":{{version}}}""",
    };

    private static string Value(string subject, int version, int id, string text, string? deleted = null) =>
        $$"""{"subject":"{{subject}}","version":{{version}},"id":{{id}},"schema":"{{text}}"{{(deleted is null ? "" : $",\"deleted\":{deleted}")}}}""";

    private static RegisterSchema Register(string subject, string text) => new(subject, new SchemaRequest { Text = text }, Normalize: false, Force: false);

    private static void Append(MemorySchemaLog.Storage storage, string key, string? value) => storage.Append(
        [new SchemaLogEntry(Encoding.UTF8.GetBytes(key), value is null ? null : Encoding.UTF8.GetBytes(value), 1000)], expectedOffset: null);

    private static string Versions(RegistryImage image) => string.Join('\n', image.Subjects.Values
        .SelectMany(subject => subject.Versions.Values.Select(schema => $"{subject.Name} {schema.Version} {schema.Id} {schema.IsDeleted} {schema.Text}")));

    private static TenantRegistry Open(MemorySchemaLog.Storage storage, SnapshotFile? snapshot = null) =>
        new("demo", new MemorySchemaLog(storage), new TenantRegistryOptions
        {
            Languages = WordLanguage.Of,
            Settings = new RegistrySettings(),
            Clock = Clock.System,
            Logger = NullLogger.Instance,
            Snapshot = snapshot,
        });

    private static async Task RunAsync(TenantRegistry registry, params RegistryCommand[] commands)
    {
        foreach (var command in commands)
        {
            Assert.IsNotType<RegistryReply.Refused>((await registry.ExecuteAsync(command, default)).Reply);
        }
    }

    private static IEnumerable<SchemaLogRecord> LastOfEachKey(MemorySchemaLog.Storage storage) => storage.Records
        .GroupBy(record => Convert.ToBase64String(record.Key)).Select(group => group.Last()).Where(record => record.Value is not null)
        .OrderBy(record => record.Offset);

    /// <summary>What an instance makes of the log once only the last record of each key's bytes is left, and none that deletes.</summary>
    private static RegistryImage Compacted(MemorySchemaLog.Storage storage)
    {
        var ledger = LedgerRun.New();
        foreach (var record in LastOfEachKey(storage))
        {
            ledger.Apply(RecordCodec.Decode(record.Key, record.Value, record.TimestampMs)!);
        }

        return ledger.Image;
    }
}

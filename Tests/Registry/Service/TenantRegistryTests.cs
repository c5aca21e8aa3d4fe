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

/// <summary>Instances that share a log: races, crashes, snapshots.</summary>
public class TenantRegistryTests
{
    internal static TenantRegistry Open(MemorySchemaLog.Storage storage, SnapshotFile? snapshot = null) => Open(new MemorySchemaLog(storage), snapshot);

    private static TenantRegistry Open(ISchemaLog log, SnapshotFile? snapshot = null) => new("demo", log, new TenantRegistryOptions
    {
        Languages = WordLanguage.Of,
        Settings = new RegistrySettings(),
        Clock = Clock.System,
        Logger = NullLogger.Instance,
        Snapshot = snapshot,
    });

    internal static RegisterSchema Register(string subject, string text) => new(subject, new SchemaRequest { Text = text }, Normalize: false, Force: true);

    [Fact]
    public async Task Instances_that_write_at_the_same_time_agree()
    {
        var storage = new MemorySchemaLog.Storage();
        await using var one = Open(storage);
        await using var other = Open(storage);
        await Task.WhenAll(one.CaughtUp, other.CaughtUp);
        var writes = Enumerable.Range(0, 60).Select(i => Task.Run(async () =>
        {
            var registry = i % 2 == 0 ? one : other;

            // Five lost races in a row are answered with an error; clients try again.
            var reply = await Patience.UntilAsync(
                async () => (await registry.ExecuteAsync(Register("s", $"text{i / 2}"), default)).Reply, reply => reply is RegistryReply.Registered);
            var registered = (RegistryReply.Registered)reply;
            return (Text: i / 2, registered.Schema.Id, registered.Schema.Version);
        }));
        var replies = await Task.WhenAll(writes);
        Assert.Equal(30, replies.Select(reply => reply.Id).Distinct().Count());
        Assert.All(replies.GroupBy(reply => reply.Text), group => Assert.Single(group.Distinct()));
        Assert.Equal(Enumerable.Range(1, 30), replies.Select(reply => reply.Version).Distinct().Order());
        await SettleAsync(storage, one, other);
        Assert.Equal(LedgerRun.Text(one.Image), LedgerRun.Text(other.Image));

        // Also without the records that compaction would take away.
        Assert.Equal(LedgerRun.Text(one.Image), LedgerRun.Text(await CompactedAsync(storage)));
    }

    /// <summary>A folder stands where the file would be written: the system says "access denied", not that it is an I/O error.</summary>
    [Fact]
    public async Task A_snapshot_that_may_not_be_written_keeps_nothing_from_closing()
    {
        var folder = Directory.CreateTempSubdirectory("registry-snapshot");
        try
        {
            var path = Path.Combine(folder.FullName, "demo.schemas");
            Directory.CreateDirectory(path + ".tmp");
            Assert.Throws<UnauthorizedAccessException>(() => File.WriteAllBytes(path + ".tmp", []));
            await using (var registry = Open(new MemorySchemaLog.Storage(), new SnapshotFile(path)))
            {
                await registry.ExecuteAsync(Register("s", "first"), default);
            }

            Assert.False(File.Exists(path));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The late deletion takes the place of one that deleted versions owed their deletion to: compaction would bring them back.</summary>
    [Fact]
    public async Task Versions_stay_deleted_when_a_subjects_late_deletion_is_written_over()
    {
        var storage = new MemorySchemaLog.Storage();
        await using var registry = Open(storage);
        foreach (var text in (string[])["a", "b", "c"])
        {
            await registry.ExecuteAsync(Register("s", text), default);
        }

        await registry.ExecuteAsync(new DeleteSubject("s", IsPermanent: false), default);
        await registry.ExecuteAsync(new Undelete("s", "1", true), default);
        var late = new DeleteSubjectRecord("s", 3);
        var at = storage.Append([new SchemaLogEntry(RecordCodec.EncodeKey(late), RecordCodec.EncodeValue(late), 1)], expectedOffset: 0);
        Assert.True(await registry.WaitForAsync(at, TimeSpan.FromSeconds(30), default));
        await registry.ExecuteAsync(Register("t", "other"), default);
        Assert.Equal(0, registry.OverwrittenKeys);
        var compacted = (await CompactedAsync(storage)).Subjects["s"].Versions.Values;
        Assert.Equal([(1, false), (2, true), (3, true)], compacted.Select(version => (version.Version, version.IsDeleted)));
    }

    [Fact]
    public async Task A_record_that_came_too_late_counts_for_nobody_and_is_written_over()
    {
        var storage = new MemorySchemaLog.Storage();
        await using var registry = Open(storage);
        await registry.ExecuteAsync(Register("s", "first"), default);
        var late = new StoredSchema("s", 1, 7, Guid.NewGuid(), SchemaRegistry.Core.Languages.SchemaType.Avro, [], null, null, "late", false, 1);
        var record = new SchemaRecord("s", 1, late);
        var at = storage.Append([new SchemaLogEntry(RecordCodec.EncodeKey(record), RecordCodec.EncodeValue(record), 1)], expectedOffset: 0);
        Assert.True(await registry.WaitForAsync(at, TimeSpan.FromSeconds(30), default));
        Assert.Equal("first", registry.Image.Subjects["s"].Latest!.Text);
        Assert.Equal(1, registry.OverwrittenKeys);

        await registry.ExecuteAsync(Register("t", "other"), default);
        Assert.Equal(0, registry.OverwrittenKeys);
        Assert.Equal("first", (await CompactedAsync(storage)).Subjects["s"].Latest!.Text);
    }

    [Fact]
    public async Task Records_of_other_programs_count_as_they_are()
    {
        var storage = new MemorySchemaLog.Storage();
        storage.Append(
        [
            new SchemaLogEntry("{\"magic\":1,\"keytype\":\"SCHEMA\",\"version\":1,\"subject\":\"old\"}"u8.ToArray(),
                "{\"subject\":\"old\",\"version\":1,\"id\":5,\"schema\":\"a\",\"deleted\":false}"u8.ToArray(), 1000),
            new SchemaLogEntry("{\"keytype\":\"NOOP\",\"magic\":0}"u8.ToArray(), null, 1000),
            new SchemaLogEntry("not json"u8.ToArray(), "{"u8.ToArray(), 1000),
            new SchemaLogEntry("{\"keytype\":\"CONFIG\",\"subject\":null,\"magic\":0}"u8.ToArray(), "{\"compatibilityLevel\":\"FULL\"}"u8.ToArray(), 1000),
        ], expectedOffset: null);
        await using var registry = Open(storage);
        await registry.CaughtUp;
        var schema = registry.Image.Subjects["old"].Latest!;
        Assert.Equal((5, "a", 1000L), (schema.Id, schema.Text, schema.TimestampMs));
        Assert.Equal(CompatibilityLevel.Full, registry.Image.EffectiveConfig(SubjectName.Parse("old"), CompatibilityLevel.Backward).Level);
        Assert.Equal(6, ((RegistryReply.Registered)(await registry.ExecuteAsync(Register("new", "b"), default)).Reply).Schema.Id);
    }

    [Fact]
    public void Whatever_append_fails_nothing_that_was_answered_is_lost() =>
        Gen.Select(Gen.Int[0, 12], Gen.Bool, Gen.Int[0, 1000]).Sample((failing, afterWriting, seed) =>
            CrashAsync(failing, afterWriting, seed).GetAwaiter().GetResult(), iter: 60, threads: 1);

    [Fact]
    public async Task Starting_reads_what_the_snapshot_does_not_hold()
    {
        var folder = Directory.CreateTempSubdirectory("registry");
        try
        {
            var storage = new MemorySchemaLog.Storage();
            var snapshot = new SnapshotFile(Path.Combine(folder.FullName, "demo.schemas"));
            await using (var first = Open(storage, snapshot))
            {
                await first.ExecuteAsync(Register(":.c:s", "a b"), default);
                await first.ExecuteAsync(new SetMode("t", "READONLY", false), default);
            }

            await using (var second = Open(new ForgetfulLog(storage, from: storage.Records.Count), snapshot))
            {
                await second.CaughtUp.WaitAsync(TimeSpan.FromSeconds(30));
                Assert.Equal("a b", second.Image.Subjects[":.c:s"].Latest!.Text);
                Assert.Equal(RegistryMode.ReadOnly, second.Image.EffectiveMode(SubjectName.Parse("t")));
                Assert.IsType<RegistryReply.Registered>((await second.ExecuteAsync(Register("u", "a"), default)).Reply);
            }

            // Another log is not what the snapshot is of.
            await using var other = Open(new MemorySchemaLog.Storage(), snapshot);
            await other.CaughtUp;
            Assert.Empty(other.Image.Subjects);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_damaged_snapshot_is_no_snapshot()
    {
        var folder = Directory.CreateTempSubdirectory("registry");
        try
        {
            var path = Path.Combine(folder.FullName, "s");
            var identity = Guid.NewGuid();
            new SnapshotFile(path).Write(new Snapshot(identity, 3, [new ContextRecord(".c", true)], [], [[1, 2]]));
            var good = File.ReadAllBytes(path);
            Assert.NotNull(new SnapshotFile(path).Read(identity));
            Assert.Null(new SnapshotFile(path).Read(Guid.NewGuid()));
            for (var i = 0; i < good.Length; i++)
            {
                var bad = (byte[])good.Clone();
                bad[i] ^= 0x40;
                File.WriteAllBytes(path, bad);
                Assert.Null(new SnapshotFile(path).Read(identity));
                File.WriteAllBytes(path, good[..i]);
                Assert.Null(new SnapshotFile(path).Read(identity));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task CrashAsync(int failing, bool afterWriting, int seed)
    {
        var storage = new MemorySchemaLog.Storage();
        var random = new Random(seed);
        var answered = new Dictionary<string, int>();
        for (var life = 0; life < 3; life++)
        {
            await using var registry = Open(new FailingLog(storage, failing, afterWriting));
            for (var i = 0; i < 8; i++)
            {
                var text = $"text{random.Next(10)}";
                if ((await registry.ExecuteAsync(Register($":.c{random.Next(2)}:s", text), default)).Reply is RegistryReply.Registered { Schema: var schema })
                {
                    var key = $"{schema.Subject} {text}";
                    Assert.Equal(answered.GetValueOrDefault(key, schema.Id), schema.Id);
                    answered[key] = schema.Id;
                }
            }
        }

        await using var last = Open(storage);
        await last.CaughtUp;
        foreach (var (key, id) in answered)
        {
            Assert.Contains(last.Image.Subjects[key.Split(' ')[0]].Versions.Values, schema => schema.Id == id && schema.Text == key.Split(' ')[1]);
        }
    }

    private static async Task SettleAsync(MemorySchemaLog.Storage storage, params TenantRegistry[] registries)
    {
        foreach (var registry in registries)
        {
            Assert.True(await registry.WaitForAsync(storage.Records.Count - 1, TimeSpan.FromSeconds(30), default));
        }
    }

    /// <summary>What an instance makes of the log once only the last record of each key is left, after all lost records were written over.</summary>
    private static async Task<RegistryImage> CompactedAsync(MemorySchemaLog.Storage storage)
    {
        await using (var repairing = Open(storage))
        {
            await repairing.ExecuteAsync(new ClearMode(null, false), default);
            Assert.Equal(0, repairing.OverwrittenKeys);
        }

        var ledger = LedgerRun.New();
        foreach (var record in storage.Records.GroupBy(record => Convert.ToBase64String(record.Key)).Select(group => group.Last()).OrderBy(record => record.Offset))
        {
            Assert.True(record.IsValid);
            ledger.Apply(RecordCodec.Decode(record.Key, record.Value, record.TimestampMs)!);
        }

        return ledger.Image;
    }

    /// <summary>Fails one append, as a broker does that goes away before or after it wrote.</summary>
    private sealed class FailingLog(MemorySchemaLog.Storage storage, int failing, bool afterWriting) : ISchemaLog
    {
        private readonly MemorySchemaLog _log = new(storage);
        private int _appends;

        public Task<SchemaLogBounds> OpenAsync(CancellationToken cancel) => _log.OpenAsync(cancel);

        public async Task<long> AppendAsync(IReadOnlyList<SchemaLogEntry> entries, long expectedOffset, CancellationToken cancel)
        {
            if (_appends++ != failing)
            {
                return await _log.AppendAsync(entries, expectedOffset, cancel);
            }

            if (afterWriting)
            {
                await _log.AppendAsync(entries, expectedOffset, cancel);
            }

            throw new IOException("gone");
        }

        public Task<SchemaLogPage> ReadAsync(long offset, CancellationToken cancel) => _log.ReadAsync(offset, cancel);

        public ValueTask DisposeAsync() => _log.DisposeAsync();
    }

    /// <summary>Refuses to read what a snapshot should have made needless.</summary>
    private sealed class ForgetfulLog(MemorySchemaLog.Storage storage, long from) : ISchemaLog
    {
        private readonly MemorySchemaLog _log = new(storage);

        public Task<SchemaLogBounds> OpenAsync(CancellationToken cancel) => _log.OpenAsync(cancel);

        public Task<long> AppendAsync(IReadOnlyList<SchemaLogEntry> entries, long expectedOffset, CancellationToken cancel) =>
            _log.AppendAsync(entries, expectedOffset, cancel);

        public Task<SchemaLogPage> ReadAsync(long offset, CancellationToken cancel) =>
            offset >= from ? _log.ReadAsync(offset, cancel) : throw new InvalidOperationException($"offset {offset} was read again");

        public ValueTask DisposeAsync() => _log.DisposeAsync();
    }
}

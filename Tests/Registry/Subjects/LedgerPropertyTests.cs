using CsCheck;
using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Core.Subjects.Contracts;
using SchemaRegistry.Core.Subjects.Records;
using Xunit;

namespace Tests.Registry.Subjects;

/// <summary>What holds after any history of commands.</summary>
public class LedgerPropertyTests
{
    private static readonly string[] Subjects = ["a", "b", ":.x:a"];
    private static readonly string[] Scopes = ["a", ":.x:a", ":.x:", ":.y:"];
    private static readonly string[] Texts = ["p", "p q?", "q? p", "p q? r?", "p z", "@a", "@a s?", "!bad"];

    /// <summary>Mostly registrations and deletions, so that most histories hold versions that come, go and come again.</summary>
    private static readonly Gen<RegistryCommand> Commands = Gen.Frequency(
        (8, Gen.Select(Pick(Subjects), Pick(Texts), Gen.Bool, Gen.Int[-9, 4], Gen.Int[-6, 12])
            .Select((subject, text, normalize, version, id) => (RegistryCommand)new RegisterSchema(subject, new SchemaRequest
            {
                Text = text,
                Version = version > 1 ? version : null,
                Id = id > 0 && version == 0 ? id : null,
                References = text[0] == '@' ? [new SchemaReference("a", "a", -1)] : [],
                Metadata = id == 12 ? new SchemaMetadata(null, [new("k", "v")], null) : null,
            }, normalize, Force: id >= 8))),
        (4, Gen.Select(Pick(Subjects), Gen.Bool).Select((subject, permanent) => (RegistryCommand)new DeleteSubject(subject, permanent))),
        (6, Gen.Select(Pick(Subjects), Pick("1", "2", "3", "latest"), Gen.Bool)
            .Select((subject, version, permanent) => (RegistryCommand)new DeleteVersion(subject, version, permanent))),
        (3, Gen.Select(Pick(Subjects), Pick("", "1", "2", "latest"), Gen.Bool)
            .Select((subject, version, force) => (RegistryCommand)new Undelete(subject, version.Length == 0 ? null : version, force))),
        (1, Gen.Select(Pick(Scopes), Pick("READWRITE", "READONLY", "IMPORT"), Gen.Bool)
            .Select((scope, mode, force) => (RegistryCommand)new SetMode(scope, mode, force))),
        (2, Gen.Select(Pick(Scopes), Gen.Bool).Select((scope, recursive) => (RegistryCommand)new ClearMode(scope, recursive))),
        (1, Gen.Select(Pick(Scopes), Gen.Enum<CompatibilityLevel>())
            .Select((scope, level) => (RegistryCommand)new SetConfig(scope, new ConfigUpdate(new RegistryConfig { Level = level }, new HashSet<string>())))),
        (1, Pick(Scopes).Select(scope => (RegistryCommand)new ClearConfig(scope))),
        (1, Pick(".x", ".y").Select(context => (RegistryCommand)new DeleteContext(context))));

    private static readonly Gen<RegistryCommand[]> Histories = Commands.Array[1, 60];

    [Fact]
    public void Replaying_the_log_gives_the_state() => Histories.Sample(history =>
    {
        var run = After(history);
        var replayed = LedgerRun.New();
        foreach (var record in run.Log)
        {
            replayed.Apply(ReadBack(record));
        }

        Assert.Equal(LedgerRun.Text(run.Image), LedgerRun.Text(replayed.Image));
    });

    [Fact]
    public void Replaying_what_compaction_leaves_gives_the_state() => Histories.Sample(history =>
    {
        var run = After(history);
        var replayed = LedgerRun.New();
        foreach (var record in Compacted(run.Log))
        {
            replayed.Apply(record);
        }

        // The order of the versions of one id may differ, what is there may not.
        Assert.Equal(Sorted(run.Image), Sorted(replayed.Image));
    });

    /// <summary>Compaction keeps the second deletion alone, which must cover what the first one did.</summary>
    [Fact]
    public void A_version_that_stayed_deleted_does_not_come_back_by_compaction()
    {
        var run = new LedgerRun();
        run.Register("a", "p");
        run.Register("a", "p q?");
        run.Run(new DeleteSubject("a", IsPermanent: false));
        Assert.IsType<RegistryReply.Undeleted>(run.Run(new Undelete("a", "1", Force: false)));
        run.Run(new DeleteSubject("a", IsPermanent: false));
        var replayed = LedgerRun.New();
        foreach (var record in Compacted(run.Log))
        {
            replayed.Apply(record);
        }

        Assert.Equal(LedgerRun.Text(run.Image), LedgerRun.Text(replayed.Image));
        Assert.All(replayed.Image.Subjects["a"].Versions.Values, schema => Assert.True(schema.IsDeleted));
    }

    [Fact]
    public void A_snapshot_gives_the_state() => Histories.Sample(history =>
    {
        var run = After(history);
        var replayed = LedgerRun.New();
        foreach (var record in run.Image.ToRecords())
        {
            replayed.Apply(ReadBack(record));
        }

        Assert.Equal(LedgerRun.Text(run.Image), LedgerRun.Text(replayed.Image));
    });

    [Fact]
    public void Deciding_changes_nothing_and_decides_the_same_again() => Gen.Select(Histories, Commands).Sample((history, command) =>
    {
        var run = After(history);
        var before = run.Image;
        var first = run.Ledger.Decide(command, new(default, 5));
        var second = run.Ledger.Decide(command, new(default, 5));
        Assert.Same(before, run.Image);
        Assert.Equal(first.Records.Select(LedgerRun.Text), second.Records.Select(LedgerRun.Text));
    });

    [Fact]
    public void An_id_never_means_two_schemas() => Histories.Sample(history =>
    {
        var run = new LedgerRun();
        var meanings = new Dictionary<(string, int), Guid>();
        foreach (var command in history.Where(command => command is not (RegisterSchema { Schema.Id: not null } or SetMode)))
        {
            run.Run(command);
            foreach (var schema in run.Image.Subjects.Values.SelectMany(subject => subject.Versions.Values))
            {
                var key = (SubjectName.Parse(schema.Subject).Context, schema.Id);
                Assert.Equal(meanings.TryAdd(key, schema.Guid) ? schema.Guid : meanings[key], schema.Guid);
            }
        }
    });

    [Fact]
    public void The_same_schema_has_the_same_id_within_a_context_and_versions_grow_by_one() => Histories.Sample(history =>
    {
        var run = new LedgerRun();
        foreach (var command in history.Where(command => command is not SetMode))
        {
            var before = run.Image;
            if (run.Run(command) is RegistryReply.Registered { Schema: var schema })
            {
                var highest = before.Subject(SubjectName.Parse(schema.Subject))?.HighestVersion ?? 0;
                Assert.True(schema.Version == highest + 1 || before.Schema(schema.Key) is not null);
            }

            foreach (var context in run.Image.Contexts.Values)
            {
                var schemas = context.Ids.Values.SelectMany(versions => versions).ToArray();
                Assert.Equal(schemas.Select(each => each.Guid).Distinct().Count(), schemas.Select(each => each.Id).Distinct().Count());
            }
        }
    });

    [Fact]
    public void What_a_live_schema_refers_to_is_there() => Histories.Sample(history =>
    {
        var run = After(history);
        foreach (var schema in run.Image.Subjects.Values.SelectMany(subject => subject.Versions.Values).Where(schema => !schema.IsDeleted))
        {
            foreach (var reference in schema.References)
            {
                var target = SubjectName.ParseWithin(reference.Subject, SubjectName.Parse(schema.Subject).Context);
                Assert.NotNull(run.Image.Schema(new SchemaKey(target.ToString(), reference.Version)));
            }
        }
    });

    [Fact]
    public void A_log_that_ends_anywhere_can_be_written_on() => Gen.Select(Histories, Gen.Double.Unit).Sample((history, where) =>
    {
        var run = After(history);
        var cut = new LedgerRun();
        foreach (var record in run.Log.Take((int)(run.Log.Count * where)))
        {
            cut.Ledger.Apply(record);
        }

        foreach (var command in history)
        {
            cut.Run(command);
        }

        var schema = cut.Run(new RegisterSchema(":.fresh:s", new SchemaRequest { Text = "p" }, false, false));
        Assert.True(schema is RegistryReply.Registered || cut.Image.EffectiveMode(new SubjectName(".fresh", "s")) != RegistryMode.ReadWrite);
    });

    private static Gen<string> Pick(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static LedgerRun After(RegistryCommand[] history)
    {
        var run = new LedgerRun();
        foreach (var command in history)
        {
            run.Run(command);
        }

        return run;
    }

    private static RegistryRecord ReadBack(RegistryRecord record) =>
        RecordCodec.Decode(RecordCodec.EncodeKey(record), RecordCodec.EncodeValue(record), (record as SchemaRecord)?.Schema?.TimestampMs ?? 0)!;

    private static IEnumerable<RegistryRecord> Compacted(List<RegistryRecord> log)
    {
        var last = new Dictionary<string, int>();
        for (var i = 0; i < log.Count; i++)
        {
            last[Convert.ToBase64String(RecordCodec.EncodeKey(log[i]))] = i;
        }

        // Tombstones go too, in the end.
        return last.Values.Order().Select(i => log[i]).Where(record => RecordCodec.EncodeValue(record) is not null);
    }

    private static string Sorted(RegistryImage image) => string.Join('\n', image.ToRecords().Select(LedgerRun.Text).Order(StringComparer.Ordinal));
}

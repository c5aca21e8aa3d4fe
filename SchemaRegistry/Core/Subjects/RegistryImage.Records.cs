using System.Collections.Immutable;
using Kernel;
using SchemaRegistry.Core.Subjects.Contracts;
using SchemaRegistry.Core.Subjects.Records;

namespace SchemaRegistry.Core.Subjects;

/// <content>How an image follows from records, and which records make it again.</content>
public sealed partial record RegistryImage
{
    /// <summary>The image after one record more. Never refuses; what means nothing here leaves the image as it is.</summary>
    public RegistryImage With(RegistryRecord record) => record switch
    {
        SchemaRecord { Schema: { } schema } => WithSchema(schema),
        SchemaRecord gone => WithoutSchema(new SchemaKey(Named(gone.Subject), gone.Version)),
        ConfigRecord { Config: { } config } set => this with { Configs = Configs.SetItem(Named(set.Subject), config) },
        ConfigRecord clear => this with { Configs = Configs.Remove(Named(clear.Subject)) },
        ModeRecord { Mode: { } mode } set => this with { Modes = Modes.SetItem(Named(set.Subject), mode) },
        ModeRecord clear => this with { Modes = Modes.Remove(Named(clear.Subject)) },
        DeleteSubjectRecord delete => WithDeleted(Named(delete.Subject), delete.Version),
        ClearSubjectRecord clear => WithCleared(SubjectName.Parse(clear.Subject)),
        ContextRecord context => WithContext(Context(context.Context) with { IsDeclared = context.Exists }),
        HighestIdRecord highest => WithContext(Context(highest.Context) with { HighestId = Math.Max(highest.Id, Context(highest.Context).HighestId) }),
        ExporterRecord { Exporter: { } exporter } => this with { Exporters = Exporters.SetItem(exporter.Name, exporter) },
        ExporterRecord gone => this with { Exporters = Exporters.Remove(gone.Name) },
        ExporterProgressRecord { Progress: { } progress } => this with { ExporterProgresses = ExporterProgresses.SetItem(progress.Name, progress) },
        ExporterProgressRecord gone => this with { ExporterProgresses = ExporterProgresses.Remove(gone.Name) },
        _ => this,
    };

    /// <summary>Records that make this image from the empty one: what a snapshot holds.</summary>
    public IEnumerable<RegistryRecord> ToRecords()
    {
        foreach (var (name, context) in Contexts)
        {
            if (context.IsDeclared)
            {
                yield return new ContextRecord(name, Exists: true);
            }

            if (context.HighestId > 0)
            {
                yield return new HighestIdRecord(name, context.HighestId);
            }
        }

        // By id, so that the versions of one id keep the order in which they came.
        foreach (var context in Contexts.Values)
        {
            foreach (var id in context.Ids.Keys.Order())
            {
                foreach (var schema in context.Ids[id])
                {
                    yield return new SchemaRecord(schema.Subject, schema.Version, schema);
                }
            }
        }

        foreach (var (name, config) in Configs)
        {
            yield return new ConfigRecord(name.Length == 0 ? null : name, config);
        }

        foreach (var (name, mode) in Modes)
        {
            yield return new ModeRecord(name.Length == 0 ? null : name, mode);
        }

        foreach (var (name, exporter) in Exporters)
        {
            yield return new ExporterRecord(name, exporter);
        }

        foreach (var (name, progress) in ExporterProgresses)
        {
            yield return new ExporterProgressRecord(name, progress);
        }
    }

    /// <summary>
    /// The record that a key has in this image; one that deletes when there is nothing. Written again when another's late record must not be
    /// what compaction keeps.
    /// </summary>
    public RegistryRecord? Present(RegistryRecord key) => key switch
    {
        SchemaRecord schema => new SchemaRecord(schema.Subject, schema.Version, Schema(new SchemaKey(Named(schema.Subject), schema.Version))),
        ConfigRecord config => new ConfigRecord(config.Subject, Configs.GetValueOrDefault(Named(config.Subject))),
        ModeRecord mode => new ModeRecord(mode.Subject, Modes.TryGetValue(Named(mode.Subject), out var present) ? present : null),
        ContextRecord context => new ContextRecord(context.Context, Context(context.Context).IsDeclared),
        HighestIdRecord highest => new HighestIdRecord(highest.Context, Context(highest.Context).HighestId),
        ExporterRecord exporter => new ExporterRecord(exporter.Name, Exporters.GetValueOrDefault(exporter.Name)),
        ExporterProgressRecord progress => new ExporterProgressRecord(progress.Name, ExporterProgresses.GetValueOrDefault(progress.Name)),

        DeleteSubjectRecord delete => new DeleteSubjectRecord(delete.Subject, DeletedUpTo(Named(delete.Subject))),
        _ => null,
    };

    /// <summary>
    /// What puts a key right whose last record counts for nobody: its record, and where that is a subject's deletion, the deleted versions above it,
    /// whose own records say that they are not.
    /// </summary>
    public IEnumerable<RegistryRecord> Repairs(RegistryRecord key)
    {
        if (Present(key) is not { } present)
        {
            yield break;
        }

        yield return present;
        if (present is DeleteSubjectRecord { Subject: var name, Version: var upTo } && Subjects.TryGetValue(Named(name), out var subject))
        {
            var chars = 0L;
            foreach (var schema in subject.Versions.Values.Where(schema => schema.IsDeleted && schema.Version > upTo))
            {
                // They are written with the next write, which must not become too large for the log.
                chars += schema.Text.Length;
                if (chars > Limits.MaxSchemaRepairChars)
                {
                    yield break;
                }

                yield return new SchemaRecord(schema.Subject, schema.Version, schema);
            }
        }
    }

    /// <summary>The highest version up to which all are softly deleted; 0 when the oldest is not.</summary>
    private int DeletedUpTo(string subject) =>
        Subjects.TryGetValue(subject, out var present) ? present.Versions.Values.TakeWhile(schema => schema.IsDeleted).LastOrDefault()?.Version ?? 0 : 0;

    private static string Named(string? subject) => subject is null ? "" : SubjectName.Parse(subject).ToString();

    private RegistryImage WithSchema(StoredSchema schema)
    {
        var name = SubjectName.Parse(schema.Subject);
        var subjectName = name.ToString();
        Subjects.TryGetValue(subjectName, out var subject);
        var replaced = subject?.Versions.GetValueOrDefault(schema.Version);
        var image = WithContext(Context(name.Context).With(schema, replaced)) with
        {
            Subjects = Subjects.SetItem(subjectName, subject?.With(schema) ?? SubjectImage.Of(subjectName, schema)),
        };
        return image with { Referrers = AddReferrer(replaced is null ? Referrers : RemoveReferrer(Referrers, replaced), schema) };
    }

    private RegistryImage WithoutSchema(SchemaKey key)
    {
        if (Schema(key) is not { } schema)
        {
            return this;
        }

        var subject = Subjects[key.Subject].Without(key.Version);
        var image = WithContext(Context(SubjectName.Parse(key.Subject).Context).Without(schema));
        return image with
        {
            Subjects = subject is null ? Subjects.Remove(key.Subject) : Subjects.SetItem(key.Subject, subject),
            Referrers = RemoveReferrer(Referrers, schema),
        };
    }

    private RegistryImage WithDeleted(string subject, int version)
    {
        var image = this;
        if (!Subjects.TryGetValue(subject, out var present))
        {
            return image;
        }

        foreach (var schema in present.Versions.Values)
        {
            if (schema.Version <= version && !schema.IsDeleted)
            {
                image = image.WithSchema(schema.AsDeleted());
            }
        }

        return image;
    }

    private RegistryImage WithCleared(SubjectName name)
    {
        var image = this;
        foreach (var (subjectName, subject) in Subjects)
        {
            if (name.IsContextOnly ? SubjectName.Parse(subjectName).Context != name.Context : subjectName != name.ToString())
            {
                continue;
            }

            foreach (var schema in subject.Versions.Values)
            {
                image = schema.IsDeleted ? image.WithoutSchema(new SchemaKey(subjectName, schema.Version)) : image;
            }
        }

        return image;
    }

    private RegistryImage WithContext(ContextImage context) => this with { Contexts = Contexts.SetItem(context.Name, context) };

    /// <summary>What a schema refers to, in its order.</summary>
    internal static IEnumerable<SchemaKey> Targets(StoredSchema schema)
    {
        var context = SubjectName.Parse(schema.Subject).Context;
        foreach (var reference in schema.References)
        {
            yield return new SchemaKey(SubjectName.ParseWithin(reference.Subject, context).ToString(), reference.Version);
        }
    }

    private static ImmutableDictionary<SchemaKey, ImmutableSortedSet<SchemaKey>> AddReferrer(
        ImmutableDictionary<SchemaKey, ImmutableSortedSet<SchemaKey>> referrers, StoredSchema schema)
    {
        foreach (var target in Targets(schema))
        {
            referrers = referrers.SetItem(target, (referrers.GetValueOrDefault(target) ?? []).Add(schema.Key));
        }

        return referrers;
    }

    private static ImmutableDictionary<SchemaKey, ImmutableSortedSet<SchemaKey>> RemoveReferrer(
        ImmutableDictionary<SchemaKey, ImmutableSortedSet<SchemaKey>> referrers, StoredSchema schema)
    {
        foreach (var target in Targets(schema))
        {
            if (referrers.TryGetValue(target, out var present))
            {
                var left = present.Remove(schema.Key);
                referrers = left.IsEmpty ? referrers.Remove(target) : referrers.SetItem(target, left);
            }
        }

        return referrers;
    }
}

using Kernel;
using Kernel.Machines;
using SchemaRegistry.Core.Subjects.Contracts;
using SchemaRegistry.Core.Subjects.Records;

namespace SchemaRegistry.Core.Subjects.Decisions;

/// <summary>
/// Takes soft deletions back: versions become live with the numbers and ids that they had, which registering the same text again does not give.
/// Ours; Confluent has no such endpoint. What was deleted is refused where it no longer fits: where it refers to what is not live, and where live
/// versions came in the meantime that the subject's level forbids beside it. A subject that was deleted as a whole comes back as it was.
/// </summary>
internal sealed class Undeletion(RegistryImage image, SchemaParser parser, RegistrySettings settings)
{
    public Decision<RegistryRecord, RegistryReply> Decide(Undelete command)
    {
        var name = image.ResolveToWrite(command.Subject);
        var id = command.Version is { } version ? VersionId.Parse(version) : default(VersionId?);
        var subject = image.Subject(name) ?? throw new RegistryException(RegistryError.SubjectNotFound(name.ToString()));
        StoredSchema[] deleted = [.. subject.Versions.Values.Where(schema => schema.IsDeleted)];
        if (id is { } wanted)
        {
            var one = wanted.IsLatest ? deleted.LastOrDefault() : subject.Versions.GetValueOrDefault(wanted.Number);
            deleted = one switch
            {
                null => throw new RegistryException(RegistryError.VersionNotFound(wanted.ToString())),
                { IsDeleted: false } => [],
                _ => [one],
            };
            if (deleted.Length == 0)
            {
                return new([], new RegistryReply.Undeleted([one.Version]));
            }
        }

        Deletion.CheckWritable(image, name);
        CheckReferences(name, deleted);
        if (!command.Force && subject.Latest is not null)
        {
            CheckLevel(name, subject, deleted);
        }

        return new([.. deleted.Select(schema => new SchemaRecord(schema.Subject, schema.Version, schema.AsLive()))],
            new RegistryReply.Undeleted([.. deleted.Select(schema => schema.Version)]));
    }

    private void CheckReferences(SubjectName name, StoredSchema[] restored)
    {
        var comeBack = restored.Select(schema => schema.Key).ToHashSet();
        foreach (var reference in restored.SelectMany(schema => schema.References))
        {
            var key = new SchemaKey(SubjectName.ParseWithin(reference.Subject, name.Context).ToString(), reference.Version);
            if (image.Schema(key) is not { IsDeleted: false } && !comeBack.Contains(key))
            {
                throw new RegistryException(RegistryError.NoReference(reference.Subject, reference.Version));
            }
        }
    }

    /// <summary>Compares what comes back with what is live: those two were perhaps never neighbours.</summary>
    private void CheckLevel(SubjectName name, SubjectImage subject, StoredSchema[] restored)
    {
        var config = image.EffectiveConfig(name, settings.DefaultLevel);
        var level = config.Level ?? CompatibilityLevel.Backward;
        if (level == CompatibilityLevel.None)
        {
            return;
        }

        var comeBack = restored.Select(schema => schema.Version).ToHashSet();
        StoredSchema[] live = [.. subject.Versions.Values.Where(schema => !schema.IsDeleted || comeBack.Contains(schema.Version))];
        var comparisons = 0;
        for (var i = 1; i < live.Length; i++)
        {
            var newer = live[i];
            var earlier = live.Take(i).Reverse()
                .Where(version => string.IsNullOrEmpty(config.Group) || version.Metadata?.Property(config.Group) == newer.Metadata?.Property(config.Group));
            StoredSchema[] unproven =
            [
                .. (level.IsTransitive() ? earlier : earlier.Take(1)).Where(version => comeBack.Contains(version.Version) != comeBack.Contains(newer.Version)),
            ];
            comparisons += unproven.Length;
            if (comparisons > Limits.MaxSchemaUndeleteComparisons)
            {
                throw new RegistryException(RegistryError.InvalidSchema(
                    $"More than {Limits.MaxSchemaUndeleteComparisons} pairs of versions would have to be compared; undelete versions one by one"));
            }

            if (unproven.Length == 0)
            {
                continue;
            }

            var candidate = new Candidate(newer.Type, parser.Parse(image, newer), newer.Text, newer.References, newer.Metadata, newer.Rules);
            var problems = CompatibilityCheck.Problems(image, parser, candidate, unproven, config);
            if (problems.Count > 0)
            {
                throw new RegistryException(RegistryError.Incompatible(settings.IncompatibleCode, name.ToString(), problems));
            }
        }
    }
}

using Kernel.Machines;
using SchemaRegistry.Core.Subjects.Records;

namespace SchemaRegistry.Core.Subjects.Decisions;

/// <summary>
/// Deletes versions, subjects and contexts. First softly, which keeps data readable by id; permanently only what is softly deleted and what no
/// live schema refers to.
/// </summary>
internal static class Deletion
{
    public static Decision<RegistryRecord, RegistryReply> Decide(RegistryImage image, DeleteSubject command)
    {
        var name = Named(image, command.Subject);
        if (image.Subject(name) is not { } subject)
        {
            throw new RegistryException(RegistryError.SubjectNotFound(name.ToString()));
        }

        if (command.IsPermanent && subject.Latest is not null)
        {
            throw new RegistryException(RegistryError.SubjectNotSoftDeleted(name.ToString()));
        }

        if (!command.IsPermanent && subject.Latest is null)
        {
            throw new RegistryException(RegistryError.SubjectSoftDeleted(name.ToString()));
        }

        CheckWritable(image, name);
        StoredSchema[] versions = [.. subject.Versions.Values.Where(schema => command.IsPermanent || !schema.IsDeleted)];
        foreach (var schema in versions)
        {
            if (image.LiveReferrers(schema.Key).Any(referrer => referrer.Subject != schema.Subject))
            {
                throw new RegistryException(RegistryError.Referenced(name.ToString(), schema.Version));
            }
        }

        var records = new List<RegistryRecord>();
        if (command.IsPermanent)
        {
            records.AddRange(Removals(image, name, versions));
        }
        else
        {
            // Up to the highest version, deleted already or not: compaction lets this record stand for earlier ones with the same key, and after an
            // undeletion the latest live version may be below what those covered.
            records.Add(new DeleteSubjectRecord(subject.Name, subject.HighestVersion));
            AddSettingsEnd(image, name, records);
        }

        return new(records, new RegistryReply.Deleted([.. versions.Select(schema => schema.Version)]));
    }

    public static Decision<RegistryRecord, RegistryReply> Decide(RegistryImage image, DeleteVersion command)
    {
        var id = VersionId.Parse(command.Version);
        var name = Named(image, command.Subject);
        if (image.Subject(name) is not { } subject)
        {
            throw new RegistryException(RegistryError.SubjectNotFound(name.ToString()));
        }

        var schema = id.IsLatest ? subject.Latest : subject.Versions.GetValueOrDefault(id.Number);
        if (schema is null)
        {
            throw new RegistryException(RegistryError.VersionNotFound(id.ToString()));
        }

        if (command.IsPermanent && !schema.IsDeleted)
        {
            throw new RegistryException(RegistryError.VersionNotSoftDeleted(name.ToString(), id.ToString()));
        }

        if (!command.IsPermanent && schema.IsDeleted)
        {
            throw new RegistryException(RegistryError.VersionSoftDeleted(name.ToString(), id.ToString()));
        }

        CheckWritable(image, name);
        if (image.LiveReferrers(schema.Key).Any())
        {
            throw new RegistryException(RegistryError.Referenced(name.ToString(), schema.Version));
        }

        var records = new List<RegistryRecord>();
        if (command.IsPermanent)
        {
            records.AddRange(Removals(image, name, [schema]));
        }
        else
        {
            records.Add(new SchemaRecord(schema.Subject, schema.Version, schema.AsDeleted()));
            if (subject.Versions.Values.All(other => other.IsDeleted || other.Version == schema.Version))
            {
                AddSettingsEnd(image, name, records);
            }
        }

        return new(records, new RegistryReply.Deleted([schema.Version]));
    }

    public static Decision<RegistryRecord, RegistryReply> Decide(RegistryImage image, DeleteContext command)
    {
        var context = command.Context;
        if (context == SubjectName.DefaultContext || !image.ContextNames.Contains(context, StringComparer.Ordinal))
        {
            throw new RegistryException(context == SubjectName.DefaultContext
                ? RegistryError.ContextNotEmpty(context)
                : RegistryError.ContextNotFound(context));
        }

        if (!image.Context(context).Ids.IsEmpty)
        {
            throw new RegistryException(RegistryError.ContextNotEmpty(context));
        }

        // Its highest id stays in the log: ids in old messages must not come to mean something else.
        var records = new List<RegistryRecord> { new ContextRecord(context, Exists: false) };
        AddSettingsEnd(image, new SubjectName(context, ""), records);
        return new(records, new RegistryReply.Done());
    }

    /// <summary>Records that remove versions for good, and remember the highest id where it goes with them.</summary>
    public static IEnumerable<RegistryRecord> Removals(RegistryImage image, SubjectName name, IEnumerable<StoredSchema> versions)
    {
        var highest = image.Context(name.Context).HighestId;
        var takesHighest = false;
        foreach (var schema in versions)
        {
            takesHighest |= schema.Id == highest;
            yield return new SchemaRecord(schema.Subject, schema.Version, null);
        }

        if (takesHighest)
        {
            yield return new HighestIdRecord(name.Context, highest);
        }
    }

    /// <summary>Throws <see cref="RegistryException"/> 42205 where nothing may be written.</summary>
    public static void CheckWritable(RegistryImage image, SubjectName name)
    {
        if (image.EffectiveMode(name) is RegistryMode.ReadOnly or RegistryMode.ReadOnlyOverride)
        {
            throw new RegistryException(RegistryError.ReadOnly(name));
        }
    }

    /// <summary>
    /// The subject, or the one that it is an alias for. Where no schema may live under this one it can be deleted all the same: logs hold such subjects
    /// from when aliases were followed anywhere, and there is no other way to name them.
    /// </summary>
    private static SubjectName Named(RegistryImage image, string subject)
    {
        var name = SubjectName.Parse(subject);
        return name.IsValid ? image.Resolve(name) : throw new RegistryException(RegistryError.InvalidSubject(subject));
    }

    /// <summary>Settings go with what they were for.</summary>
    private static void AddSettingsEnd(RegistryImage image, SubjectName name, List<RegistryRecord> records)
    {
        if (image.OwnMode(name) is not null)
        {
            records.Add(new ModeRecord(name.ToString(), null));
        }

        if (image.OwnConfig(name) is not null)
        {
            records.Add(new ConfigRecord(name.ToString(), null));
        }
    }
}

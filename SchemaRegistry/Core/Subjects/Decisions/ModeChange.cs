using Kernel.Machines;
using SchemaRegistry.Core.Subjects.Records;

namespace SchemaRegistry.Core.Subjects.Decisions;

/// <summary>Sets and clears the modes of subjects and contexts.</summary>
internal static class ModeChange
{
    public static Decision<RegistryRecord, RegistryReply> Decide(RegistryImage image, SetMode command, RegistrySettings settings)
    {
        var name = SettingsChange.Scope(command.Scope);
        if (!RegistryModes.TryParse(command.Mode, out var mode) || mode == RegistryMode.Forward && name != SubjectName.Global)
        {
            throw new RegistryException(RegistryError.InvalidMode());
        }

        CheckMutable(settings);
        var records = new List<RegistryRecord>();
        if (mode == RegistryMode.Import && image.EffectiveMode(name) != RegistryMode.Import)
        {
            SubjectImage[] subjects = [.. Within(image, name)];
            if (!command.Force && subjects.Any(subject => subject.Latest is not null))
            {
                throw new RegistryException(RegistryError.ImportOverSubjects());
            }

            foreach (var subject in subjects)
            {
                AddClearing(image, subject, records);
            }
        }

        records.Add(new ModeRecord(SettingsChange.RecordName(name), mode));
        return new(records, new RegistryReply.ModeIs(mode));
    }

    public static Decision<RegistryRecord, RegistryReply> Decide(RegistryImage image, ClearMode command, RegistrySettings settings)
    {
        var name = SettingsChange.Scope(command.Scope);
        CheckMutable(settings);
        var isDefault = name is { IsContextOnly: true, IsInDefaultContext: true };
        var present = image.OwnMode(name);
        if (present is null && !isDefault && !command.IsRecursive)
        {
            throw new RegistryException(RegistryError.SubjectNotFound(name.ToString()));
        }

        var records = new List<RegistryRecord>();
        if (present is not null)
        {
            records.Add(new ModeRecord(SettingsChange.RecordName(name), null));
        }

        if (command.IsRecursive && name.IsContextOnly)
        {
            foreach (var below in image.Modes.Keys)
            {
                var scope = SubjectName.Parse(below);
                if (scope != name && (name == SubjectName.Global || scope.Context == name.Context))
                {
                    records.Add(new ModeRecord(SettingsChange.RecordName(scope), null));
                }
            }
        }

        return new(records, new RegistryReply.ModeIs(present ?? image.EffectiveMode(name)));
    }

    private static void CheckMutable(RegistrySettings settings)
    {
        if (!settings.IsModeMutable)
        {
            throw new RegistryException(RegistryError.ModeIsFixed());
        }
    }

    private static IEnumerable<SubjectImage> Within(RegistryImage image, SubjectName name)
    {
        if (!name.IsContextOnly)
        {
            return image.Subject(name) is { } subject ? [subject] : [];
        }

        return image.Subjects.Values.Where(subject => name == SubjectName.Global || SubjectName.Parse(subject.Name).Context == name.Context);
    }

    /// <summary>
    /// What is softly deleted must not be in the way of ids and versions to come. Each version by its own key, so that compaction cannot take it back.
    /// </summary>
    private static void AddClearing(RegistryImage image, SubjectImage subject, List<RegistryRecord> records) =>
        records.AddRange(Deletion.Removals(image, SubjectName.Parse(subject.Name),
            subject.Versions.Values.Where(schema => schema.IsDeleted && !image.Referrers.ContainsKey(schema.Key))));
}

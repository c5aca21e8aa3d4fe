using Kernel.Machines;
using SchemaRegistry.Core.Subjects.Records;

namespace SchemaRegistry.Core.Subjects.Decisions;

/// <summary>Sets and clears settings of subjects and contexts.</summary>
internal static class SettingsChange
{
    public static Decision<RegistryRecord, RegistryReply> Decide(RegistryImage image, SetConfig command, RegistrySettings settings)
    {
        var name = Scope(command.Scope);
        Deletion.CheckWritable(image, name);
        var present = image.OwnConfig(name) ?? RegistryConfig.Empty;
        var config = command.Update.ApplyTo(present);
        if (config.Level is null && name is { IsContextOnly: true, IsInDefaultContext: true })
        {
            config = config with { Level = settings.DefaultLevel };
        }

        return new([new ConfigRecord(RecordName(name), config)], new RegistryReply.Settings(config));
    }

    public static Decision<RegistryRecord, RegistryReply> Decide(RegistryImage image, ClearConfig command, RegistrySettings settings)
    {
        var name = Scope(command.Scope);
        Deletion.CheckWritable(image, name);
        if (image.OwnConfig(name) is not { } present)
        {
            return name is { IsContextOnly: true, IsInDefaultContext: true }
                ? new([], new RegistryReply.Settings(new RegistryConfig { Level = settings.DefaultLevel }))
                : throw new RegistryException(RegistryError.SubjectNotFound(name.ToString()));
        }

        return new([new ConfigRecord(RecordName(name), null)], new RegistryReply.Settings(present));
    }

    /// <summary>The name that settings are for. Throws <see cref="RegistryException"/> 42208.</summary>
    public static SubjectName Scope(string? scope)
    {
        var name = SubjectName.Parse(scope ?? "");
        return name.IsValidForSettings ? name : throw new RegistryException(RegistryError.InvalidSubject(scope ?? ""));
    }

    /// <summary>Null for the default context, as Confluent's keys have it.</summary>
    public static string? RecordName(SubjectName name) => name is { IsContextOnly: true, IsInDefaultContext: true } ? null : name.ToString();
}

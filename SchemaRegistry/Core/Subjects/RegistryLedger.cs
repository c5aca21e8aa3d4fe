using Kernel.Machines;
using SchemaRegistry.Core.Languages;
using SchemaRegistry.Core.Subjects.Decisions;
using SchemaRegistry.Core.Subjects.Records;

namespace SchemaRegistry.Core.Subjects;

/// <summary>
/// The subjects of one tenant. <see cref="Decide"/> and <see cref="Apply"/> belong to one writer at a time; <see cref="Image"/> may be read by
/// any thread at any time and is whole.
/// </summary>
public sealed class RegistryLedger(Func<SchemaType, ISchemaLanguage> languages, RegistrySettings settings)
    : ILedger<RegistryCommand, RegistryRecord, RegistryReply>
{
    private volatile RegistryImage _image = RegistryImage.Empty;

    /// <summary>The present state.</summary>
    public RegistryImage Image => _image;

    public SchemaParser Parser { get; } = new(languages);

    public RegistrySettings Settings { get; } = settings;

    /// <inheritdoc />
    public Decision<RegistryRecord, RegistryReply> Decide(RegistryCommand command, Now now)
    {
        var image = _image;
        try
        {
            return command switch
            {
                RegisterSchema register => new Registration(image, Parser, Settings, now).Decide(register),
                TagSchema tag => new Registration(image, Parser, Settings, now).Decide(Tagging.AsRegistration(image, tag)),
                DeleteSubject delete => Deletion.Decide(image, delete),
                DeleteVersion delete => Deletion.Decide(image, delete),
                Undelete undelete => new Undeletion(image, Parser, Settings).Decide(undelete),
                DeleteContext delete => Deletion.Decide(image, delete),
                SetConfig set => SettingsChange.Decide(image, set, Settings),
                ClearConfig clear => SettingsChange.Decide(image, clear, Settings),
                SetMode set => ModeChange.Decide(image, set, Settings),
                ClearMode clear => ModeChange.Decide(image, clear, Settings),
                SetExporter set => new([new ExporterRecord(set.Exporter.Name, set.Exporter)], new RegistryReply.Done()),
                DeleteExporter delete => new(
                    [new ExporterRecord(delete.Name, null), new ExporterProgressRecord(delete.Name, null)], new RegistryReply.Done()),
                SetExporterProgress set => new(
                    image.Exporters.GetValueOrDefault(set.Progress.Name)?.Generation == set.Progress.Generation
                        ? [new ExporterProgressRecord(set.Progress.Name, set.Progress)]
                        : [],
                    new RegistryReply.Done()),
                _ => throw new ArgumentException($"{command.GetType().Name} is no command of the registry"),
            };
        }
        catch (RegistryException refused)
        {
            return new([], new RegistryReply.Refused(refused.Error));
        }
    }

    /// <inheritdoc />
    public void Apply(RegistryRecord record) => _image = _image.With(record);

    /// <summary>Begins anew, as when the log that was followed turned out to be another one.</summary>
    public void Reset() => _image = RegistryImage.Empty;
}

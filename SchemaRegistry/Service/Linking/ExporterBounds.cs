using Kernel;
using SchemaRegistry.Core.Subjects;

namespace SchemaRegistry.Service.Linking;

/// <summary>
/// What an exporter's settings may be in number and length. Asked before anything else is done with them, be they new or from the log, where older
/// versions and other programs write.
/// </summary>
internal static class ExporterBounds
{
    /// <summary>Throws <see cref="RegistryException"/> 40951 or 40952.</summary>
    public static void Check(Exporter exporter)
    {
        if (exporter.Subjects.Count == 0 || exporter.Subjects.Any(string.IsNullOrEmpty))
        {
            throw ExporterErrors.BadSubjects();
        }

        if (exporter.Subjects.Count > Limits.MaxSchemaExporterSubjects)
        {
            throw ExporterErrors.BadSubjects($"more than {Limits.MaxSchemaExporterSubjects}");
        }

        if (exporter.Subjects.Any(static subject => subject.Length > Limits.MaxSchemaExporterSubjectChars))
        {
            throw ExporterErrors.BadSubjects($"one has more than {Limits.MaxSchemaExporterSubjectChars} characters");
        }

        if (exporter.ContextType.Length > Limits.MaxSchemaSubjectChars || exporter.Context?.Length > Limits.MaxSchemaSubjectChars)
        {
            throw ExporterErrors.BadConfig($"contextType and context have at most {Limits.MaxSchemaSubjectChars} characters");
        }

        if (exporter.RenameFormat?.Length > Limits.MaxSchemaSubjectChars)
        {
            throw ExporterErrors.BadConfig($"subjectRenameFormat has more than {Limits.MaxSchemaSubjectChars} characters");
        }

        if (exporter.Config.Count > Limits.MaxSchemaExporterSettings)
        {
            throw ExporterErrors.BadConfig($"more than {Limits.MaxSchemaExporterSettings} settings");
        }

        if (exporter.Config.Any(static setting => Math.Max(setting.Key.Length, setting.Value.Length) > Limits.MaxSchemaExporterSettingChars))
        {
            throw ExporterErrors.BadConfig($"a setting has more than {Limits.MaxSchemaExporterSettingChars} characters");
        }
    }
}

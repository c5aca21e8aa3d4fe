namespace SchemaRegistry.Service.Tenants;

/// <summary>Names of operations, as in Confluent's ACLs.</summary>
public static class Operations
{
    private static readonly (RegistryOperation Operation, string Name)[] Names =
    [
        (RegistryOperation.SubjectRead, "SUBJECT_READ"),
        (RegistryOperation.SubjectWrite, "SUBJECT_WRITE"),
        (RegistryOperation.SubjectDelete, "SUBJECT_DELETE"),
        (RegistryOperation.SubjectCompatibilityRead, "SUBJECT_COMPATIBILITY_READ"),
        (RegistryOperation.SubjectCompatibilityWrite, "SUBJECT_COMPATIBILITY_WRITE"),
        (RegistryOperation.GlobalCompatibilityRead, "GLOBAL_COMPATIBILITY_READ"),
        (RegistryOperation.GlobalCompatibilityWrite, "GLOBAL_COMPATIBILITY_WRITE"),
        (RegistryOperation.GlobalSubjectsRead, "GLOBAL_SUBJECTS_READ"),
        (RegistryOperation.ExporterRead, "EXPORTER_READ"),
        (RegistryOperation.ExporterWrite, "EXPORTER_WRITE"),
    ];

    public static string Name(RegistryOperation operation) => Names.First(pair => pair.Operation == operation).Name;

    /// <summary>Reads a name; null for an unknown one.</summary>
    public static RegistryOperation? Parse(string name)
    {
        foreach (var pair in Names)
        {
            if (pair.Name == name)
            {
                return pair.Operation;
            }
        }

        return null;
    }
}

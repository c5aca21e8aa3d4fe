using Kernel;
using SchemaRegistry.Core.Subjects;

namespace SchemaRegistry.Service.Linking;

/// <summary>Errors of the exporters' API, by Confluent's codes.</summary>
internal static class ExporterErrors
{
    public static RegistryException NotFound(string name) => new(new RegistryError(40450, $"Exporter '{name}' not found."));
    public static RegistryException BadName(string name) => new(new RegistryError(40950, $"Invalid exporter name '{name}'"));
    public static RegistryException BadConfig(string why) => new(new RegistryError(40951, $"Invalid exporter config: {why}"));
    public static RegistryException BadSubjects(string? why = null) =>
        new(new RegistryError(40952, why is null ? "Invalid exporter subjects" : $"Invalid exporter subjects: {why}"));

    public static RegistryException Exists(string name) => new(new RegistryError(40960, $"Exporter '{name}' already exists"));
    public static RegistryException NotPaused(string name) => new(new RegistryError(40963, $"Exporter '{name}' is not paused"));
    public static RegistryException TooMany() => new(new RegistryError(40964, $"A maximum of {Limits.MaxSchemaExporters} exporters already exist"));
}

using System.Text.Json;

namespace SchemaRegistry.Core.Subjects.Contracts;

/// <summary>An exporter as the log holds it.</summary>
public static class ExporterJson
{
    /// <summary>Writes the members, without the braces.</summary>
    public static void Write(Utf8JsonWriter writer, Exporter exporter)
    {
        writer.WriteString("name"u8, exporter.Name);
        ContractsJson.WriteTexts(writer, "subjects", exporter.Subjects);
        writer.WriteString("contextType"u8, exporter.ContextType);
        ContractsJson.WriteText(writer, "context", exporter.Context);
        ContractsJson.WriteText(writer, "subjectRenameFormat", exporter.RenameFormat);
        ContractsJson.WriteMap(writer, "config", exporter.Config);
        writer.WriteBoolean("paused"u8, exporter.IsPaused);
        writer.WriteNumber("generation"u8, exporter.Generation);
    }

    public static Exporter Read(string name, JsonElement json) => new(
        name,
        ContractsJson.Text(json, "contextType") ?? "AUTO",
        ContractsJson.Text(json, "context"),
        ContractsJson.TryMember(json, "subjects", out var subjects) ? ContractsJson.Texts(subjects) : ["*"],
        ContractsJson.Text(json, "subjectRenameFormat"),
        ReadConfig(json),
        ContractsJson.Flag(json, "paused") == true,
        ContractsJson.Number(json, "generation") ?? 0);

    private static SortedDictionary<string, string> ReadConfig(JsonElement json)
    {
        var config = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in ContractsJson.ReadMap(json, "config"))
        {
            config[name] = value;
        }

        return config;
    }
}

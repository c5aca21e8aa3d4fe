using SchemaRegistry.Service.Http;
using static SchemaRegistry.Service.Tenants.RegistryOperation;

namespace SchemaRegistry.Service.Api;

/// <summary>Every endpoint, with the right that it takes. What is not here is answered with 404, associations and encryption keys among it.</summary>
internal static class Routes
{
    private const int NoSubject = -1;

    public static IReadOnlyList<Route> All { get; } =
    [
        new("GET", "/subjects", GlobalSubjectsRead, NoSubject, SubjectsApi.List),
        new("POST", "/subjects/{subject}", SubjectRead, 0, SubjectsApi.LookUp),
        new("DELETE", "/subjects/{subject}", SubjectDelete, 0, SubjectsApi.Delete),
        new("GET", "/subjects/{subject}/metadata", SubjectRead, 0, SubjectsApi.WithMetadata),
        new("GET", "/subjects/{subject}/versions", SubjectRead, 0, SubjectsApi.Versions),
        new("POST", "/subjects/{subject}/versions", SubjectWrite, 0, SubjectsApi.Register, SubjectsApi.AlreadyRegistered),
        new("GET", "/subjects/{subject}/versions/{version}", SubjectRead, 0, SubjectsApi.Version),
        new("DELETE", "/subjects/{subject}/versions/{version}", SubjectDelete, 0, SubjectsApi.DeleteVersion),
        new("GET", "/subjects/{subject}/versions/{version}/schema", SubjectRead, 0, SubjectsApi.VersionText),
        new("GET", "/subjects/{subject}/versions/{version}/referencedby", SubjectRead, 0, SubjectsApi.ReferencedBy),
        new("POST", "/subjects/{subject}/versions/{version}/tags", SubjectWrite, 0, SubjectsApi.Tag),

        // Ours, not Confluent's.
        new("POST", "/subjects/{subject}/undelete", SubjectWrite, 0, SubjectsApi.Undelete),
        new("POST", "/subjects/{subject}/versions/{version}/undelete", SubjectWrite, 0, SubjectsApi.UndeleteVersion),
        new("POST", "/compatibility/schemas", Any, NoSubject, CompareApi.Compare),

        // Those by id ask for the right once they know the subject.
        new("GET", "/schemas", GlobalSubjectsRead, NoSubject, SchemasApi.List),
        new("GET", "/schemas/types", Any, NoSubject, SchemasApi.TypeNames),
        new("GET", "/schemas/ids/{id}", Any, NoSubject, SchemasApi.ById),
        new("GET", "/schemas/ids/{id}/schema", Any, NoSubject, SchemasApi.TextById),
        new("GET", "/schemas/ids/{id}/subjects", Any, NoSubject, SchemasApi.SubjectsOfId),
        new("GET", "/schemas/ids/{id}/versions", Any, NoSubject, SchemasApi.VersionsOfId),
        new("GET", "/schemas/guids/{guid}", Any, NoSubject, SchemasApi.ByGuid),
        new("GET", "/schemas/guids/{guid}/ids", Any, NoSubject, SchemasApi.IdsOfGuid),

        new("GET", "/config", GlobalCompatibilityRead, NoSubject, SettingsApi.Config),
        new("PUT", "/config", GlobalCompatibilityWrite, NoSubject, SettingsApi.SetConfig),
        new("DELETE", "/config", GlobalCompatibilityWrite, NoSubject, SettingsApi.ClearConfig),
        new("GET", "/config/{subject}", SubjectCompatibilityRead, 0, SettingsApi.Config),
        new("PUT", "/config/{subject}", SubjectCompatibilityWrite, 0, SettingsApi.SetConfig),
        new("DELETE", "/config/{subject}", SubjectCompatibilityWrite, 0, SettingsApi.ClearConfig),
        new("GET", "/mode", GlobalCompatibilityRead, NoSubject, SettingsApi.Mode),
        new("PUT", "/mode", GlobalCompatibilityWrite, NoSubject, SettingsApi.SetMode),
        new("DELETE", "/mode", GlobalCompatibilityWrite, NoSubject, SettingsApi.ClearMode),
        new("GET", "/mode/{subject}", SubjectCompatibilityRead, 0, SettingsApi.Mode),
        new("PUT", "/mode/{subject}", SubjectCompatibilityWrite, 0, SettingsApi.SetMode),
        new("DELETE", "/mode/{subject}", SubjectCompatibilityWrite, 0, SettingsApi.ClearMode),
        new("GET", "/contexts", GlobalSubjectsRead, NoSubject, SettingsApi.Contexts),
        new("DELETE", "/contexts/{context}", GlobalCompatibilityWrite, NoSubject, SettingsApi.DeleteContext),

        new("POST", "/compatibility/subjects/{subject}/versions/{version}", SubjectRead, 0, CompatibilityApi.WithVersion),
        new("POST", "/compatibility/subjects/{subject}/versions", SubjectRead, 0, CompatibilityApi.WithAll),

        new("GET", "/exporters", ExporterRead, NoSubject, ExportersApi.List),
        new("POST", "/exporters", ExporterWrite, NoSubject, ExportersApi.Create),
        new("GET", "/exporters/{name}", ExporterRead, NoSubject, ExportersApi.Get),
        new("PUT", "/exporters/{name}", ExporterWrite, NoSubject, ExportersApi.Update),
        new("DELETE", "/exporters/{name}", ExporterWrite, NoSubject, ExportersApi.Delete),
        new("PUT", "/exporters/{name}/pause", ExporterWrite, NoSubject, ExportersApi.Pause),
        new("PUT", "/exporters/{name}/resume", ExporterWrite, NoSubject, ExportersApi.Resume),
        new("PUT", "/exporters/{name}/reset", ExporterWrite, NoSubject, ExportersApi.Reset),
        new("GET", "/exporters/{name}/status", ExporterRead, NoSubject, ExportersApi.Status),
        new("GET", "/exporters/{name}/config", ExporterRead, NoSubject, ExportersApi.Config),
        new("PUT", "/exporters/{name}/config", ExporterWrite, NoSubject, ExportersApi.SetConfig),

        new("GET", "/", Any, NoSubject, ServerApi.Root),
        new("POST", "/", Any, NoSubject, ServerApi.Root),
        new("GET", "/v1/metadata/id", Any, NoSubject, ServerApi.Id),
        new("GET", "/v1/metadata/version", Any, NoSubject, ServerApi.Version),
        new("GET", "/v1/metadata/deployment", Any, NoSubject, ServerApi.Deployment),
    ];

    private static readonly Route[][] ByLength = [.. Enumerable.Range(0, All.Max(route => route.Length) + 1).Select(length => All.Where(route => route.Length == length).ToArray())];

    /// <summary>The endpoints whose paths have so many segments, in the order of <see cref="All"/>.</summary>
    public static ReadOnlySpan<Route> OfLength(int segments) => segments < ByLength.Length ? ByLength[segments] : [];
}

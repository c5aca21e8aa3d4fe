using Kernel;

namespace SchemaRegistry.Core.Subjects;

/// <summary>Why the registry refuses: the error code and the sentence of the API. Texts are part of the API, clients' tests compare them.</summary>
/// <param name="Code">Confluent's error_code; its first three digits are the HTTP status.</param>
public sealed record RegistryError(int Code, string Message)
{
    /// <summary>The HTTP status that goes with the code.</summary>
    public int Status => Code >= 1000 ? Code / 100 : Code;

    public static RegistryError SubjectNotFound(string subject) => new(40401, $"Subject '{subject}' not found.");
    public static RegistryError ContextNotFound(string context) => new(40401, $"Context '{context}' not found.");
    public static RegistryError VersionNotFound(string version) => new(40402, $"Version {version} not found.");
    public static RegistryError SchemaNotFound() => new(40403, "Schema not found");
    public static RegistryError SchemaNotFound(string idOrGuid) => new(40403, $"Schema {idOrGuid} not found");

    public static RegistryError SubjectSoftDeleted(string subject) =>
        new(40404, $"Subject '{subject}' was soft deleted.Set permanent=true to delete permanently");

    public static RegistryError SubjectNotSoftDeleted(string subject) =>
        new(40405, $"Subject '{subject}' was not deleted first before being permanently deleted");

    public static RegistryError VersionSoftDeleted(string subject, string version) =>
        new(40406, $"Subject '{subject}' Version {version} was soft deleted.Set permanent=true to delete permanently");

    public static RegistryError VersionNotSoftDeleted(string subject, string version) =>
        new(40407, $"Subject '{subject}' Version {version} was not deleted first before being permanently deleted");

    public static RegistryError NoSubjectConfig(string subject) =>
        new(40408, $"Subject '{subject}' does not have subject-level compatibility configured");

    public static RegistryError NoSubjectMode(string subject) => new(40409, $"Subject '{subject}' does not have subject-level mode configured");

    /// <param name="code">409, or 40901 as releases from 8.2.0 say.</param>
    /// <param name="details">One text for each problem.</param>
    public static RegistryError Incompatible(int code, string subject, IEnumerable<string> details) => new(code,
        $"Schema being registered is incompatible with an earlier schema for subject \"{subject}\", details: [{string.Join(", ", details)}]");

    public static RegistryError InvalidSchema(string why) => new(42201, why);
    public static RegistryError EmptySchema() => new(42201, "Empty schema");

    public static RegistryError NoReference(string subject, int version) =>
        new(42201, $"No schema reference found for subject \"{subject}\" and version {version}");

    public static RegistryError NotNextVersion() => new(42201, "Version is not one more than previous version");

    public static RegistryError InvalidVersion(string version) => new(42202,
        $"The specified version '{version}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\"");

    public static RegistryError InvalidCompatibility() => new(42203,
        "Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive");

    /// <summary>
    /// LOGICAL among them: what it checks beyond STRICT is written down nowhere, and a registry that took it and checked less would promise too much.
    /// </summary>
    public static RegistryError InvalidPolicy(string policy) => new(42203,
        policy == "LOGICAL" ? "The compatibility policy LOGICAL is not supported. Valid values are STRICT and LENIENT"
        : "Invalid compatibility policy. Valid values are STRICT and LENIENT");

    public static RegistryError InvalidMode() => new(42204, "Invalid mode. Valid values are READWRITE, READONLY, IMPORT and FORWARD.");
    public static RegistryError ReadOnly(SubjectName name) => new(42205, $"Subject {name.Subject} in context {name.Context} is in read-only mode");
    public static RegistryError NotImport(SubjectName name) => new(42205, $"Subject {name.Subject} in context {name.Context} is not in import mode");

    public static RegistryError NotReadWrite(SubjectName name) =>
        new(42205, $"Subject {name.Subject} in context {name.Context} is not in read-write mode");

    public static RegistryError Overwrite(int id, string context) =>
        new(42205, $"Overwrite new schema with id {id} in context {context} is not permitted.");

    /// <summary>Ours, not Confluent's, which takes the id and has none left.</summary>
    public static RegistryError IdTooHigh(int id, string context) => new(42205,
        $"Schema id {id} in context {context} is not permitted: fewer than {Limits.MinSchemaIdsLeft} ids would be left for others");

    public static RegistryError ImportOverSubjects() => new(42205, "Cannot import since found existing subjects");
    public static RegistryError ModeIsFixed() => new(42205, "Mode changes are not allowed");

    public static RegistryError Referenced(string subject, int version) => new(42206,
        $"One or more references exist to the schema {{magic=1,keytype=SCHEMA,subject={subject},version={version}}}.");

    public static RegistryError IdMismatch(int existing, int given) =>
        new(42207, $"Schema already registered with id {existing} instead of input id {given}");

    public static RegistryError VersionTaken(SubjectName name, int version, int existing, int given) => new(42207,
        $"Version {version} of subject {name.Subject} in context {name.Context} is taken by the schema with id {existing}; that of input id {given} is another");

    public static RegistryError InvalidSubject(string subject) => new(42208, $"The specified subject '{subject}' is not a valid.");
    public static RegistryError TooLarge() => new(42209, "Register operation failed because schema is too large");
    public static RegistryError InvalidRuleSet(string why) => new(42210, why);
    public static RegistryError ContextNotEmpty(string context) => new(42211, $"The specified context '{context}' is not empty.");
    public static RegistryError StoreFailed(string what) => new(50001, what);
    public static RegistryError TimedOut(string what) => new(50002, what);
    public static RegistryError ForwardFailed(string what) => new(50003, what);
    public static RegistryError NoLeader() => new(50004, "Leader not known.");
}

/// <summary>A refusal on its way to whoever asked. Decisions throw it; <see cref="RegistryLedger"/> turns it into a reply.</summary>
public sealed class RegistryException(RegistryError error) : Exception(error.Message)
{
    public RegistryError Error { get; } = error;
}

using SchemaRegistry.Core.Subjects;

namespace SchemaRegistry.Service.Tenants;

/// <summary>
/// Says which tenant a request belongs to and what it may do there. A tenant is a hard boundary: nothing of another one can be named. Thread-safe.
/// </summary>
public interface ITenantDirectory
{
    /// <summary>Names of all tenants.</summary>
    IReadOnlyCollection<string> Names { get; }

    /// <summary>Finds the tenant and the caller's rights. Must not wait.</summary>
    TenantAnswer Find(TenantQuestion question);
}

/// <summary>What a request says about its tenant.</summary>
/// <param name="Host">Without the port.</param>
/// <param name="PathTenant">From /tenants/{tenant}/…; null without it.</param>
/// <param name="Authorization">The header; null without it.</param>
public readonly record struct TenantQuestion(string Host, string? PathTenant, string? Authorization);

/// <summary>The answer to a <see cref="TenantQuestion"/>.</summary>
/// <param name="Status">200, 401 (credentials are missing, wrong or another tenant's) or 404 (no such tenant).</param>
public readonly record struct TenantAnswer(int Status, string Tenant, ITenantRights Rights)
{
    public static readonly TenantAnswer Unauthorized = new(401, "", OpenRights.None);
    public static readonly TenantAnswer NotFound = new(404, "", OpenRights.None);
}

/// <summary>What a caller may do within its tenant.</summary>
public interface ITenantRights
{
    bool Allows(RegistryOperation operation, SubjectName subject);

    /// <summary>Nothing has to be asked for each subject.</summary>
    bool AllowsAll { get; }
}

/// <summary>What rights are about, by Confluent's names.</summary>
public enum RegistryOperation
{
    SubjectRead,
    SubjectWrite,
    SubjectDelete,
    SubjectCompatibilityRead,
    SubjectCompatibilityWrite,
    GlobalCompatibilityRead,
    GlobalCompatibilityWrite,
    GlobalSubjectsRead,
    ExporterRead,
    ExporterWrite,

    /// <summary>What says nothing about a tenant: server metadata.</summary>
    Any,
}

/// <summary>All or nothing.</summary>
public sealed class OpenRights : ITenantRights
{
    public static readonly OpenRights All = new(true);
    public static readonly OpenRights None = new(false);

    private OpenRights(bool all) => AllowsAll = all;

    public bool AllowsAll { get; }

    public bool Allows(RegistryOperation operation, SubjectName subject) => AllowsAll;
}

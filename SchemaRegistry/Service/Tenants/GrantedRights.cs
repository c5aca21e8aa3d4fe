using SchemaRegistry.Core.Subjects;

namespace SchemaRegistry.Service.Tenants;

/// <summary>Rights as they were granted: operations on subjects, by name or by how the name begins. What is not granted is denied.</summary>
internal sealed class GrantedRights : ITenantRights
{
    private const string Everything = "*";

    private readonly List<Permission> _permissions = [];

    private sealed record Permission(IReadOnlySet<RegistryOperation>? Operations, IReadOnlyList<string> Subjects);

    public bool AllowsAll { get; private set; }

    /// <summary>Reads a list of permissions. Throws <see cref="InvalidDataException"/> for an operation that nobody knows, and for another shape.</summary>
    public static GrantedRights Read(TenantsFileNode parent, string member)
    {
        var rights = new GrantedRights();
        foreach (var item in parent.RequiredList(member))
        {
            var operations = item.Texts("operations") ?? throw new InvalidDataException($"{item.PathOf("operations")} is missing: a list is expected");
            var subjects = item.Texts("subjects") ?? [Everything];
            var known = operations.Contains(Everything)
                ? null
                : operations.Select(name => Tenants.Operations.Parse(name)
                    ?? throw new InvalidDataException($"{item.PathOf("operations")}: {name} is no operation")).ToHashSet();
            rights._permissions.Add(new Permission(known, subjects));
            rights.AllowsAll |= known is null && subjects.Contains(Everything);
        }

        return rights;
    }

    public bool Allows(RegistryOperation operation, SubjectName subject)
    {
        // What is about no subject is granted by the operation alone.
        var isGlobal = operation is RegistryOperation.GlobalCompatibilityRead or RegistryOperation.GlobalCompatibilityWrite
            or RegistryOperation.GlobalSubjectsRead or RegistryOperation.ExporterRead or RegistryOperation.ExporterWrite;
        var name = subject.ToString();
        foreach (var permission in _permissions)
        {
            if ((permission.Operations is null ? !isGlobal || permission.Subjects.Contains(Everything) : permission.Operations.Contains(operation))
                && (isGlobal || permission.Subjects.Any(pattern => Matches(pattern, name))))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Matches(string pattern, string name) =>
        pattern.EndsWith('*') ? name.StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal) : pattern == name;
}

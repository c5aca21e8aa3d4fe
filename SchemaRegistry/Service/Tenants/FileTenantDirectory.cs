using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SchemaRegistry.Service.Tenants;

/// <summary>
/// Tenants, credentials and rights from a JSON file, read once. A request's tenant is the one in its path, else the one its host name belongs
/// to, else the one its credentials belong to; credentials of one tenant are worth nothing at another. Which tenants exist is told to nobody.
/// </summary>
/// <example>
/// <code>
/// { "tenants": [ { "name": "acme", "hosts": ["registry.acme.example"],
///     "users": [ { "name": "alice", "password": "sha256$SALT$HASH", "permissions": [ { "operations": ["*"], "subjects": ["orders-*"] } ] } ],
///     "tokens": [ { "sha256": "HEX", "permissions": [ { "operations": ["SUBJECT_READ"], "subjects": ["*"] } ] } ],
///     "anonymous": [ ] } ] }
/// </code>
/// </example>
public sealed class FileTenantDirectory : ITenantDirectory
{
    private readonly Dictionary<string, TenantEntry> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TenantEntry> _byHost = new(StringComparer.OrdinalIgnoreCase);

    private FileTenantDirectory()
    {
    }

    /// <inheritdoc />
    public IReadOnlyCollection<string> Names => _byName.Keys;

    /// <summary>Reads a file. Throws <see cref="InvalidDataException"/> saying what is wrong, or <see cref="IOException"/>.</summary>
    public static FileTenantDirectory Load(string path) => Parse(File.ReadAllBytes(path));

    /// <summary>Reads a file's content. Throws <see cref="InvalidDataException"/> saying what is wrong.</summary>
    public static FileTenantDirectory Parse(ReadOnlyMemory<byte> content)
    {
        var directory = new FileTenantDirectory();
        try
        {
            using var json = JsonDocument.Parse(content);
            foreach (var tenant in new TenantsFileNode(json.RootElement, "").RequiredList("tenants"))
            {
                var entry = TenantEntry.Read(tenant);
                if (!directory._byName.TryAdd(entry.Name, entry))
                {
                    throw new InvalidDataException($"tenant {entry.Name} is there twice");
                }

                foreach (var host in entry.Hosts)
                {
                    if (!directory._byHost.TryAdd(host, entry))
                    {
                        throw new InvalidDataException($"host {host} belongs to two tenants");
                    }
                }
            }
        }
        catch (JsonException bad)
        {
            throw new InvalidDataException($"it is no JSON at line {bad.LineNumber + 1}, byte {bad.BytePositionInLine + 1}", bad);
        }
        catch (InvalidOperationException bad)
        {
            // A text that ends amid a character is found when it is read.
            throw new InvalidDataException("a text in it is no Unicode", bad);
        }

        return directory;
    }

    /// <inheritdoc />
    public TenantAnswer Find(TenantQuestion question)
    {
        var byHost = _byHost.GetValueOrDefault(question.Host);
        if (question.PathTenant is { } name)
        {
            // At another tenant's host the answer is the one for a tenant that does not exist, whatever the credentials.
            return _byName.TryGetValue(name, out var tenant) && (byHost is null || byHost == tenant)
                ? Enter(tenant, question.Authorization)
                : TenantAnswer.Unauthorized;
        }

        if (byHost is not null)
        {
            return Enter(byHost, question.Authorization);
        }

        foreach (var tenant in _byName.Values)
        {
            if (question.Authorization is not null && tenant.RightsOf(question.Authorization) is { } rights)
            {
                return new(200, tenant.Name, rights);
            }
        }

        return TenantAnswer.Unauthorized;
    }

    private static TenantAnswer Enter(TenantEntry tenant, string? authorization)
    {
        var rights = string.IsNullOrEmpty(authorization) ? tenant.Anonymous : tenant.RightsOf(authorization);
        return rights is null ? TenantAnswer.Unauthorized : new(200, tenant.Name, rights);
    }

    /// <summary>What is stored of a secret: salted SHA-256. Fit for keys that were made, not for passwords that people choose.</summary>
    public static string Hash(string secret)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        return $"sha256${Convert.ToBase64String(salt)}${Convert.ToBase64String(SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(secret)]))}";
    }
}

using System.Security.Cryptography;
using System.Text;
using Kernel.Ids;

namespace SchemaRegistry.Service.Tenants;

/// <summary>One tenant of a <see cref="FileTenantDirectory"/>: its credentials and what each may do.</summary>
internal sealed class TenantEntry
{
    private readonly Dictionary<string, User> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ITenantRights> _tokens = new(StringComparer.Ordinal);

    private TenantEntry(string name, IReadOnlyList<string> hosts, ITenantRights? anonymous)
    {
        Name = name;
        Hosts = hosts;
        Anonymous = anonymous;
    }

    private sealed record User(byte[] Salt, byte[] Hash, ITenantRights Rights);

    public string Name { get; }

    public IReadOnlyList<string> Hosts { get; }

    /// <summary>Rights without credentials; null when there are none.</summary>
    public ITenantRights? Anonymous { get; }

    /// <summary>Throws <see cref="InvalidDataException"/> saying which place of the file is wrong.</summary>
    public static TenantEntry Read(TenantsFileNode tenant)
    {
        var name = tenant.RequiredText("name");
        if (!TenantId.IsLegal(name))
        {
            throw new InvalidDataException(
                $"{tenant.PathOf("name")}: '{name}' is not a tenant's name: 1 to 32 of a-z, 0-9 and '-', beginning with a letter");
        }

        var anonymous = tenant.List("anonymous").Count > 0 ? GrantedRights.Read(tenant, "anonymous") : null;
        var entry = new TenantEntry(name, tenant.Texts("hosts") ?? [], anonymous);
        foreach (var user in tenant.List("users"))
        {
            entry.AddUser(user);
        }

        foreach (var token in tenant.List("tokens"))
        {
            var hash = token.RequiredText("sha256");
            if (hash.Length != 2 * SHA256.HashSizeInBytes || !hash.All(char.IsAsciiHexDigit))
            {
                throw new InvalidDataException($"{token.PathOf("sha256")}: {2 * SHA256.HashSizeInBytes} hexadecimal digits are expected");
            }

            entry._tokens[hash.ToUpperInvariant()] = GrantedRights.Read(token, "permissions");
        }

        return entry;
    }

    /// <summary>The rights that go with an Authorization header; null when it is none of this tenant's.</summary>
    public ITenantRights? RightsOf(string authorization)
    {
        var space = authorization.IndexOf(' ');
        var scheme = space < 0 ? authorization : authorization[..space];
        var value = space < 0 ? "" : authorization[(space + 1)..].Trim();
        if (scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
        {
            return _tokens.GetValueOrDefault(Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(value))));
        }

        return scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) ? RightsOfUser(value) : null;
    }

    private void AddUser(TenantsFileNode user)
    {
        var name = user.RequiredText("name");
        var password = user.RequiredText("password").Split('$');
        if (password is not ["sha256", var salt, var hash]
            || Bytes(salt) is not { } saltBytes || Bytes(hash) is not { Length: SHA256.HashSizeInBytes } hashBytes)
        {
            throw new InvalidDataException($"{user.PathOf("password")}: user {name}'s is not in the form sha256$SALT$HASH, both in base64");
        }

        _users[name] = new User(saltBytes, hashBytes, GrantedRights.Read(user, "permissions"));
    }

    private static byte[]? Bytes(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? bytes[..length] : null;
    }

    private ITenantRights? RightsOfUser(string encoded)
    {
        string pair;
        try
        {
            pair = Encoding.UTF8.GetString(Convert.FromBase64String(encoded));
        }
        catch (FormatException)
        {
            return null;
        }

        var colon = pair.IndexOf(':');
        if (colon < 0 || !_users.TryGetValue(pair[..colon], out var user))
        {
            return null;
        }

        var hash = SHA256.HashData([.. user.Salt, .. Encoding.UTF8.GetBytes(pair[(colon + 1)..])]);
        return CryptographicOperations.FixedTimeEquals(hash, user.Hash) ? user.Rights : null;
    }
}

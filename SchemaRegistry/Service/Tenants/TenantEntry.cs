using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using SchemaRegistry.Core.Subjects.Contracts;

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

    /// <summary>Throws <see cref="InvalidDataException"/>, <see cref="FormatException"/> or what reading JSON throws.</summary>
    public static TenantEntry Read(JsonElement json)
    {
        var name = ContractsJson.Text(json, "name");
        if (string.IsNullOrEmpty(name) || name.Any(unit => !(char.IsAsciiLetterOrDigit(unit) || unit is '-' or '_')))
        {
            throw new InvalidDataException($"'{name}' is no tenant's name: letters, digits, '-' and '_'");
        }

        var hosts = ContractsJson.TryMember(json, "hosts", out var list) ? ContractsJson.Texts(list) : [];
        var anonymous = ContractsJson.TryMember(json, "anonymous", out var permissions) && permissions.GetArrayLength() > 0
            ? GrantedRights.Read(permissions)
            : null;
        var entry = new TenantEntry(name, hosts, anonymous);
        if (ContractsJson.TryMember(json, "users", out var users))
        {
            foreach (var user in users.EnumerateArray())
            {
                entry.AddUser(user);
            }
        }

        if (ContractsJson.TryMember(json, "tokens", out var tokens))
        {
            foreach (var token in tokens.EnumerateArray())
            {
                var hash = Convert.FromHexString(token.GetProperty("sha256").GetString() ?? "");
                entry._tokens[Convert.ToHexString(hash)] = GrantedRights.Read(token.GetProperty("permissions"));
            }
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

    private void AddUser(JsonElement json)
    {
        var name = ContractsJson.Text(json, "name") ?? throw new InvalidDataException("a user has no name");
        var password = (ContractsJson.Text(json, "password") ?? "").Split('$');
        if (password is not ["sha256", var salt, var hash])
        {
            throw new InvalidDataException($"user {name}: the password is not in the form sha256$SALT$HASH");
        }

        _users[name] = new User(Convert.FromBase64String(salt), Convert.FromBase64String(hash), GrantedRights.Read(json.GetProperty("permissions")));
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

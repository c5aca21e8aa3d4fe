using System.Security.Cryptography;
using System.Text;
using Kernel.Ids;

namespace Federation.Core.Tenancy;

/// <summary>
/// Gives every tenant its own view of topic ids. A topic id is a capability (Fetch 13, Produce 13 and DeleteTopics 6 carry nothing
/// else), so an id that one tenant learned must mean nothing to another. The tenant's id is the cluster's id under AES-128 with a key
/// of the tenant: a permutation of 128-bit values, so no table is kept, every gateway and region agrees, and a forged or foreign id
/// decrypts to one that no topic has. Zero, which means "no id", stays zero. Not safe for several threads at once.
/// </summary>
public sealed class TopicIdCipher : IDisposable
{
    private readonly Aes _aes = Aes.Create();

    /// <param name="secret">The federation's secret, at least 16 bytes, the same on all gateways.</param>
    public TopicIdCipher(ReadOnlySpan<byte> secret, TenantId tenant)
    {
        if (secret.Length < 16)
        {
            throw new ArgumentException("the secret must have at least 16 bytes", nameof(secret));
        }

        var key = new byte[16];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, key, salt: [], info: Encoding.UTF8.GetBytes("topic-id/" + tenant.Name));
        _aes.Key = key;
    }

    /// <summary>The tenant's id for a topic of the cluster.</summary>
    public Guid ToTenant(Guid clusterId) => Transform(clusterId, encrypt: true);

    /// <summary>The cluster's id for an id that a tenant sent.</summary>
    public Guid ToCluster(Guid tenantId) => Transform(tenantId, encrypt: false);

    public void Dispose() => _aes.Dispose();

    private Guid Transform(Guid id, bool encrypt)
    {
        if (id == Guid.Empty)
        {
            return id;
        }

        Span<byte> input = stackalloc byte[16];
        Span<byte> output = stackalloc byte[16];
        id.TryWriteBytes(input, bigEndian: true, out _);
        _ = encrypt ? _aes.EncryptEcb(input, output, PaddingMode.None) : _aes.DecryptEcb(input, output, PaddingMode.None);
        return new Guid(output, bigEndian: true);
    }
}

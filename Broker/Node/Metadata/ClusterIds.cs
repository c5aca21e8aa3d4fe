using System.Buffers.Text;

namespace Broker.Node.Metadata;

/// <summary>Ids of new clusters: 22 characters of base64 for URLs, as Kafka's.</summary>
internal static class ClusterIds
{
    /// <summary>A random one. It does not begin with '-', which command lines would take for an option.</summary>
    public static string New()
    {
        Span<byte> bytes = stackalloc byte[16];
        while (true)
        {
            Guid.NewGuid().TryWriteBytes(bytes, bigEndian: true, out _);
            var id = Base64Url.EncodeToString(bytes);
            if (id[0] != '-')
            {
                return id;
            }
        }
    }
}

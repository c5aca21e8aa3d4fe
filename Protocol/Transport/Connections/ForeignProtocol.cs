using System.Buffers.Binary;
using System.Text;

namespace Protocol.Transport.Connections;

/// <summary>Names what a client speaks instead of the Kafka protocol, from what would be the length of its first frame.</summary>
internal static class ForeignProtocol
{
    private static readonly string[] HttpStarts = ["GET ", "POST", "PUT ", "HEAD", "DELE", "OPTI", "PATC", "CONN", "TRAC", "PRI ", "HTTP"];

    /// <summary>The reason for a log line.</summary>
    public static string Describe(int length)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, length);
        if (bytes[0] == 0x16 && bytes[1] == 3)
        {
            return "a TLS handshake on a plaintext port";
        }

        var text = Encoding.Latin1.GetString(bytes);
        return HttpStarts.Contains(text) ? "an HTTP request"
            : text == "SSH-" ? "an SSH handshake"
            : $"a frame length of {length}";
    }
}

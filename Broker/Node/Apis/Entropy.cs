using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Broker.Node.Apis;

/// <summary>Chance for the ledger, which has none of its own. Topic ids come of it, and an id must not be guessed from another.</summary>
internal static class Entropy
{
    /// <summary>64 random bits.</summary>
    public static ulong Next()
    {
        Span<byte> bytes = stackalloc byte[8];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }
}

using System.Buffers.Binary;
using Kernel.Machines;

namespace Tests.Fuzz;

/// <summary>Damage of the kinds that find mistakes in parsers: lying lengths, cuts, repeats, flipped bits.</summary>
internal static class Mutation
{
    private static readonly int[] Numbers = [0, 1, -1, -2, 127, 128, 255, short.MaxValue, short.MinValue, int.MaxValue, int.MinValue, 1 << 20];

    /// <summary>Nothing but chance.</summary>
    public static byte[] Noise(Prng chance, int maxBytes)
    {
        var bytes = new byte[chance.Next(maxBytes + 1)];
        var isSparse = chance.Chance(0.5);
        for (var i = 0; i < bytes.Length; i++)
        {
            // Small numbers are lengths that fit, so that the parser gets further.
            bytes[i] = isSparse && chance.Chance(0.7) ? (byte)chance.Next(4) : (byte)chance.NextBits();
        }

        return bytes;
    }

    /// <summary>One to four changes.</summary>
    public static byte[] Of(byte[] bytes, Prng chance)
    {
        for (var i = 1 + chance.Next(4); i > 0 && bytes.Length > 0; i--)
        {
            bytes = Change(bytes, chance);
        }

        return bytes;
    }

    private static byte[] Change(byte[] bytes, Prng chance)
    {
        var at = chance.Next(bytes.Length);
        var changed = (byte[])bytes.Clone();
        switch (chance.Next(7))
        {
            case 0:
                changed[at] = (byte)chance.NextBits();
                return changed;
            case 1:
                changed[at] ^= (byte)(1 << chance.Next(8));
                return changed;
            case 2:
                return bytes[..at];
            case 3:
                return [.. bytes[..at], .. Noise(chance, 8), .. bytes[at..]];
            case 4:
                return [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + 1 + chance.Next(8))..]];
            case 5:
                // A varint of the largest kind.
                return [.. bytes[..at], 0xFF, 0xFF, 0xFF, 0xFF, (byte)chance.Next(16), .. bytes[at..]];
            default:
                var number = Numbers[chance.Next(Numbers.Length)];
                Span<byte> four = stackalloc byte[4];
                BinaryPrimitives.WriteInt32BigEndian(four, number);
                four[..Math.Min(4, changed.Length - at)].CopyTo(changed.AsSpan(at));
                return changed;
        }
    }
}

using System.Text;
using Kernel;

namespace Broker.Core.Groups;

/// <summary>Whether a string fits the records of groups. Text that is no UTF-8 on the wire is longer when it is stored. Stateless.</summary>
public static class GroupStrings
{
    // What a UTF-16 unit takes at most in UTF-8.
    private const int MaxBytesPerChar = 3;

    /// <summary>Null fits, too.</summary>
    public static bool Fits(string? text)
        => text is null || text.Length <= Limits.MaxGroupStringBytes / MaxBytesPerChar || Encoding.UTF8.GetByteCount(text) <= Limits.MaxGroupStringBytes;

    /// <summary>The text, or as much of it as fits whatever it holds.</summary>
    public static string Cut(string text) => Fits(text) ? text : Cut(text, Limits.MaxGroupStringBytes / MaxBytesPerChar);

    /// <summary>The text's first so many characters, without half of a pair at the end.</summary>
    public static string Cut(string text, int chars)
        => text.Length <= chars ? text : text[..(char.IsHighSurrogate(text[chars - 1]) ? chars - 1 : chars)];
}

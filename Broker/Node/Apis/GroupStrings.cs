using System.Text;
using Kernel;

namespace Broker.Node.Apis;

/// <summary>Whether a string of a group request fits the records of groups. Compact strings may be longer on the wire than they can be stored.</summary>
internal static class GroupStrings
{
    public static bool Fits(string? text)
        => text is null || text.Length <= Limits.MaxGroupStringBytes / 3 || Encoding.UTF8.GetByteCount(text) <= Limits.MaxGroupStringBytes;
}

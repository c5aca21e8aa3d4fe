using System.Text;
using Kernel;

namespace Broker.Node.Apis;

/// <summary>Whether a string of a group request fits the records of groups. Text that is no UTF-8 on the wire is longer when it is stored.</summary>
internal static class GroupStrings
{
    public static bool Fits(string? text)
        => text is null || text.Length <= Limits.MaxGroupStringBytes / 3 || Encoding.UTF8.GetByteCount(text) <= Limits.MaxGroupStringBytes;
}

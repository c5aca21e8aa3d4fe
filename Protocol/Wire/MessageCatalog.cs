using System.Collections.Immutable;

namespace Protocol.Wire;

/// <summary>
/// Which APIs the wire protocol knows, in which versions, and which of those are flexible. It says what can be read and written, not
/// what a server serves. Immutable.
/// </summary>
public static partial class MessageCatalog
{
    private const int IndexedKeys = 128;

    // Generated from the attributes of the message files.
    private static readonly ImmutableArray<ApiInfo> Known = DeclaredApis();

    private static partial ImmutableArray<ApiInfo> DeclaredApis();

    private static readonly ApiInfo?[] ByKey = Index();

    /// <summary>All known APIs, by rising key, our private ones last.</summary>
    public static ImmutableArray<ApiInfo> All => Known;

    /// <summary>Finds an API by its key on the wire; false when it is not known.</summary>
    public static bool TryFind(short key, out ApiInfo info)
    {
        var found = (uint)key < IndexedKeys ? ByKey[key] : FindPrivate(key);
        info = found.GetValueOrDefault();
        return found.HasValue;
    }

    /// <summary>
    /// Whether requests and answers of this version are flexible. False for an unknown API. Versions above the known ones count as
    /// flexible when the highest known one is: the header of an ApiVersions request from the future has to be read to refuse it.
    /// </summary>
    public static bool IsFlexible(short key, short version) => TryFind(key, out var info) && info.FlexibleVersions.Contains(version);

    private static ApiInfo? FindPrivate(short key)
    {
        foreach (var info in Known)
        {
            if ((short)info.Key == key)
            {
                return info;
            }
        }

        return null;
    }

    private static ApiInfo?[] Index()
    {
        var index = new ApiInfo?[IndexedKeys];
        foreach (var info in Known)
        {
            if ((uint)info.Key < IndexedKeys)
            {
                index[(int)info.Key] = info;
            }
        }

        return index;
    }
}

using Kernel;

namespace Broker.Node.Apis;

/// <summary>
/// Decides how much more one answer may hold, where a few bytes of a request can ask for many entries (settings, producers). Owned by the
/// handling of one request. What the request has named before has a small share of its own: Apache Kafka answers it as often as it is named, and no
/// client names anything twice. The entry counts of what is under way are known only afterwards, so the bounds may be exceeded by those of one key.
/// </summary>
internal sealed class EntryBudget<TKey>(int maxEntries)
{
    public const string Refusal = "The request asks for more than one answer holds.";

    private readonly HashSet<TKey> _named = [];
    private int _left = maxEntries;
    private int _leftForRepeated = Limits.MaxRepeatedEntriesPerAnswer;

    /// <summary>Whether what is named now may be answered. <see cref="Spend"/> follows.</summary>
    public bool Allows(TKey key, out bool isRepeated)
    {
        isRepeated = !_named.Add(key);
        return _left > 0 && (!isRepeated || _leftForRepeated > 0);
    }

    public void Spend(int entries, bool isRepeated)
    {
        _left -= entries;
        _leftForRepeated -= isRepeated ? entries : 0;
    }
}

using System.Collections.Concurrent;
using Kernel;

namespace Federation.Gateway.Upstream;

/// <summary>
/// Which broker coordinates a group or a transaction, as FindCoordinator answers that passed through said. Used only in front of several
/// brokers. It may be old: a broker that does not coordinate says so, and the client asks again. Safe for any thread.
/// </summary>
internal sealed class CoordinatorTable
{
    private readonly ConcurrentDictionary<(bool Transaction, string Key), int> _nodes = new();
    private int _count;

    public void Learn(bool transaction, string key, int nodeId)
    {
        if (_nodes.TryAdd((transaction, key), nodeId))
        {
            if (Interlocked.Increment(ref _count) > Limits.MaxRememberedCoordinators)
            {
                _nodes.Clear();
                Volatile.Write(ref _count, 0);
            }
        }
        else
        {
            _nodes[(transaction, key)] = nodeId;
        }
    }

    public bool TryFind(bool transaction, string key, out int nodeId) => _nodes.TryGetValue((transaction, key), out nodeId);
}

using Microsoft.Extensions.Logging;

namespace Broker.Node.Partitions;

/// <summary>The long polls that stand at one partition. Has a lock of its own, so that a fetch never waits for an append.</summary>
internal sealed class ReadWaiters(ILogger logger)
{
    private readonly Lock _lock = new();
    private List<IReadWaiter>? _waiting;

    /// <summary>Adds a waiter unless there is something to read already; then it is called before this returns.</summary>
    /// <param name="isReadable">Asked under the lock: what became readable before is seen, and what becomes readable after takes the waiter.</param>
    public void AddOrCall(IReadWaiter waiter, Func<bool> isReadable)
    {
        lock (_lock)
        {
            if (!isReadable())
            {
                (_waiting ??= []).Add(waiter);
                return;
            }
        }

        waiter.OnReadable();
    }

    public void Remove(IReadWaiter waiter)
    {
        lock (_lock)
        {
            if (_waiting is not null && _waiting.Remove(waiter) && _waiting.Count == 0)
            {
                _waiting = null;
            }
        }
    }

    /// <summary>Calls all and forgets them. After what they wait for was published, and under no lock.</summary>
    public void CallAll()
    {
        List<IReadWaiter>? waiting;
        lock (_lock)
        {
            waiting = _waiting;
            _waiting = null;
        }

        if (waiting is not null)
        {
            foreach (var waiter in waiting)
            {
                Call(waiter);
            }
        }
    }

    /// <summary>One that throws is logged, so that it costs nobody else's answer.</summary>
    private void Call(IReadWaiter waiter)
    {
        try
        {
            waiter.OnReadable();
        }
        catch (Exception bug)
        {
            logger.LogError(bug, "{Waiter} failed when it was told that there is more to read", waiter.GetType().Name);
        }
    }
}

using Microsoft.Extensions.Logging;
using Protocol.Wire;

namespace Broker.Node.Partitions;

/// <summary>Who waits for the commit of which offset, in the order of the log. Guarded by the partition's gate; the calls are made outside.</summary>
internal sealed class CommitWaiters
{
    private readonly Queue<CommitWait> _waiting = new();

    public void Add(ICommitWaiter waiter, int tag, long endOffset) => _waiting.Enqueue(new CommitWait(waiter, tag, endOffset));

    /// <summary>Takes out those whose offset is reached; null when there are none.</summary>
    public CommitWait[]? TakeUpTo(long endOffset)
    {
        var count = 0;
        foreach (var wait in _waiting)
        {
            if (wait.EndOffset > endOffset)
            {
                break;
            }

            count++;
        }

        if (count == 0)
        {
            return null;
        }

        var taken = new CommitWait[count];
        for (var i = 0; i < count; i++)
        {
            taken[i] = _waiting.Dequeue();
        }

        return taken;
    }

    /// <summary>Takes out all.</summary>
    public CommitWait[]? TakeAll() => TakeUpTo(long.MaxValue);

    /// <summary>Calls each. Outside the gate. One that throws is logged, so that it costs nobody else's answer.</summary>
    public static void Complete(CommitWait[]? waits, ErrorCode error, ILogger logger)
    {
        foreach (var wait in waits ?? [])
        {
            try
            {
                wait.Waiter.OnCommitted(wait.Tag, error);
            }
            catch (Exception bug)
            {
                logger.LogError(bug, "{Waiter} failed when it was told of a commit", wait.Waiter.GetType().Name);
            }
        }
    }
}

/// <summary>One who waits for the commit of everything below an offset.</summary>
internal readonly record struct CommitWait(ICommitWaiter Waiter, int Tag, long EndOffset);

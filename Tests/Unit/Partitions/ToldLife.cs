using Broker.Node.Partitions;
using Protocol.Wire;

namespace Tests.Unit.Partitions;

/// <summary>
/// What the users of a log are told in one life of its process after the other. Any thread may end a life; what comes after that is not told any
/// more, because the life goes on only on a disk that nobody will see.
/// </summary>
/// <param name="acknowledged">Called at the end of a life with each append that was acknowledged in it, in their order, and its bytes.</param>
internal sealed class ToldLife(Action<AppendOutcome, byte[]> acknowledged)
{
    private readonly Lock _lock = new();
    private readonly List<(Task<AppendOutcome> Task, byte[] Batch)> _pending = [];
    private volatile bool _isOver;
    private Exception? _failure;

    public bool IsOver => _isOver;

    /// <summary>Another life. Throws what was wrong with the one before.</summary>
    public void Begin()
    {
        Check();
        lock (_lock)
        {
            _pending.Clear();
            _isOver = false;
        }
    }

    /// <summary>The first call counts. Does not throw: the log takes what its disk throws for the disk's failure, which would hide it.</summary>
    public void End()
    {
        lock (_lock)
        {
            if (_isOver)
            {
                return;
            }

            _isOver = true;
            try
            {
                foreach (var (task, batch) in _pending.TakeWhile(append => append.Task.IsCompleted))
                {
                    Assert.Equal((ErrorCode.None, null), (task.Result.Error, task.Result.ErrorMessage));
                    acknowledged(task.Result, batch);
                }
            }
            catch (Exception e)
            {
                _failure = e;
            }
        }
    }

    public void Sent(Task<AppendOutcome> append, byte[] batch)
    {
        lock (_lock)
        {
            _pending.Add((append, batch));
        }
    }

    /// <summary>Throws what was wrong with what the last life told.</summary>
    public void Check()
    {
        if (_failure is not null)
        {
            throw new InvalidOperationException("what the users of the log were told", _failure);
        }
    }
}

namespace SchemaRegistry.Service.State;

/// <summary>Those who wait until the log is applied up to an offset. Thread-safe.</summary>
internal sealed class OffsetWaiters
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<TaskCompletionSource, long> _waiting = new();

    /// <summary>Completed when the applied offset has reached so far.</summary>
    public Task WaitAsync(long offset, Func<long> applied)
    {
        if (applied() >= offset)
        {
            return Task.CompletedTask;
        }

        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Enqueue(waiter, offset);
        }

        // It may have come in between, and then nobody else would look again.
        Release(applied());
        return waiter.Task;
    }

    public void Release(long applied)
    {
        lock (_lock)
        {
            while (_waiting.TryPeek(out var waiter, out var offset) && offset <= applied)
            {
                _waiting.Dequeue();
                waiter.SetResult();
            }
        }
    }
}

/// <summary>Pauses between attempts that grow up to a bound, so that a server that is gone is not stormed.</summary>
internal sealed class Backoff(TimeProvider provider)
{
    private const int FirstMs = 50;
    private const int MaxMs = 5000;
    private int _nextMs = FirstMs;

    public void Reset() => _nextMs = FirstMs;

    public async Task WaitAsync(CancellationToken cancel)
    {
        var pause = _nextMs;
        _nextMs = Math.Min(MaxMs, _nextMs * 2);
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(pause), provider, cancel);
        }
        catch (OperationCanceledException)
        {
            // Whoever waits looks whether it should stop.
        }
    }
}

namespace SchemaRegistry.Service.State;

/// <summary>Those who wait until the log is applied up to an offset. Nothing is kept for who stops waiting. Thread-safe.</summary>
internal sealed class OffsetWaiters
{
    private volatile TaskCompletionSource _moved = New();

    /// <summary>Completed when the applied offset has reached so far. Throws <see cref="OperationCanceledException"/>.</summary>
    public async Task WaitAsync(long offset, Func<long> applied, CancellationToken cancel)
    {
        while (applied() < offset)
        {
            var moved = _moved;

            // It may have come before the source was taken, and then nobody would tell.
            if (applied() < offset)
            {
                await moved.Task.WaitAsync(cancel);
            }
        }
    }

    /// <summary>More is applied.</summary>
    public void Release() => Interlocked.Exchange(ref _moved, New()).SetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

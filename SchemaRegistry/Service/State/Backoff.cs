namespace SchemaRegistry.Service.State;

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

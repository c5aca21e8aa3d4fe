namespace Broker.Node.Partitions;

/// <summary>
/// Bytes appended to all logs since the last round of upkeep: about what a restart after a kill would have to check. A busy node would make
/// gigabytes of them between two rounds, so beyond a limit the next round is called for at once. Any thread.
/// </summary>
internal sealed class RestartDebt(long limitBytes)
{
    private long _bytes;

    /// <summary>Called by the append that reaches the limit, once until <see cref="Clear"/>. It must not block.</summary>
    public Action? Reached { get; set; }

    public void Add(int bytes)
    {
        var now = Interlocked.Add(ref _bytes, bytes);
        if (now >= limitBytes && now - bytes < limitBytes)
        {
            Reached?.Invoke();
        }
    }

    /// <summary>A round begins. True when the limit had been reached.</summary>
    public bool Clear() => Interlocked.Exchange(ref _bytes, 0) >= limitBytes;
}

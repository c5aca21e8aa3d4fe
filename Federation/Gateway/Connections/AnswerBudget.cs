using Kernel;

namespace Federation.Gateway.Connections;

/// <summary>
/// Bounds what a client that reads slowly can make the gateway hold: while its answers exceed <see cref="Limits.MaxHeldAnswerBytes"/>, no
/// further request of the connection goes upstream. Safe for any thread.
/// </summary>
internal sealed class AnswerBudget
{
    private long _heldBytes;

    /// <summary>Called after bytes were given back.</summary>
    public Action? Released { get; set; }

    /// <summary>Bytes of answers that wait for the client, and of those that are expected.</summary>
    public long HeldBytes => Interlocked.Read(ref _heldBytes);

    /// <summary>Whether a request with an answer of this size may be sent now. The first always may.</summary>
    public bool Allows(long bytes)
    {
        var held = HeldBytes;
        return held <= 0 || held + bytes <= Limits.MaxHeldAnswerBytes;
    }

    public void Take(long bytes)
    {
        if (bytes > 0)
        {
            Interlocked.Add(ref _heldBytes, bytes);
        }
    }

    public void Give(long bytes)
    {
        if (bytes > 0)
        {
            Interlocked.Add(ref _heldBytes, -bytes);
            Released?.Invoke();
        }
    }

    /// <summary>Counts an answer until the result is disposed, when it was sent or dropped.</summary>
    public IDisposable Hold(long bytes)
    {
        Take(bytes);
        return new Held(this, bytes);
    }

    private sealed class Held(AnswerBudget budget, long bytes) : IDisposable
    {
        private long _bytes = bytes;

        public void Dispose() => budget.Give(Interlocked.Exchange(ref _bytes, 0));
    }
}

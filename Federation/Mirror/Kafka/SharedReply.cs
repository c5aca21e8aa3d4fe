namespace Federation.Mirror.Kafka;

/// <summary>Keeps an answer's memory until everything that lies in it has been given back. Each holder disposes it once.</summary>
internal sealed class SharedReply(IDisposable reply, int holders) : IDisposable
{
    private int _holders = holders;

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            reply.Dispose();
        }
    }
}

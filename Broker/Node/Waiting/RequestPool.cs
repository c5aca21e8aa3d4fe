using System.Collections.Concurrent;
using Kernel;

namespace Broker.Node.Waiting;

/// <summary>Request objects for use again. Any thread; it holds at most <see cref="Limits.MaxPooledRequests"/>.</summary>
internal sealed class RequestPool<T>(Func<RequestPool<T>, T> make)
    where T : class
{
    private readonly ConcurrentQueue<T> _free = new();
    private int _count;

    public T Rent()
    {
        if (_free.TryDequeue(out var free))
        {
            Interlocked.Decrement(ref _count);
            return free;
        }

        return make(this);
    }

    public void Return(T free)
    {
        if (Interlocked.Increment(ref _count) <= Limits.MaxPooledRequests)
        {
            _free.Enqueue(free);
        }
        else
        {
            Interlocked.Decrement(ref _count);
        }
    }
}

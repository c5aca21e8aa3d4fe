namespace Broker.Node.Storage;

/// <summary>A log with appends that are not on disk yet.</summary>
internal interface IFlushable
{
    /// <summary>Syncs once for all appends so far and completes who waits for them. Called by one thread at a time. It must not throw.</summary>
    void Flush();
}

/// <summary>
/// Group commit: a few threads that take dirty logs in the order in which they became dirty and sync each once for all that was appended by then.
/// A log is in the queue at most once; it puts itself there, and again when more came during its sync. The threads sleep while nothing is
/// dirty. Several, because syncs of different files share the file system's journal commits (docs/decisions/0001-group-commit.md).
/// </summary>
internal sealed class FlushQueue : IDisposable
{
    private readonly Lock _starting = new();
    private readonly object _signal = new();
    private readonly Queue<IFlushable> _dirty = new();
    private readonly Thread?[] _threads;
    private int _sleeping;
    private int _started;
    private bool _stopping;

    /// <param name="threads">How many syncs may run at once.</param>
    public FlushQueue(int threads) => _threads = new Thread[threads];

    /// <summary>Puts a log in line. Any thread, no lock of a partition needed.</summary>
    public void Enqueue(IFlushable log)
    {
        bool start;
        lock (_signal)
        {
            _dirty.Enqueue(log);
            start = _sleeping < _dirty.Count && _started < _threads.Length;
            if (_sleeping > 0)
            {
                Monitor.Pulse(_signal);
            }
        }

        if (start)
        {
            StartThread();
        }
    }

    /// <summary>Lets the threads end once the queue is empty, and waits for them.</summary>
    public void Dispose()
    {
        lock (_signal)
        {
            _stopping = true;
            Monitor.PulseAll(_signal);
        }

        foreach (var thread in _threads)
        {
            thread?.Join();
        }
    }

    private void StartThread()
    {
        lock (_starting)
        {
            if (_started < _threads.Length && !_stopping)
            {
                // A background thread: a process that ends without closing its table is a crash like any other.
                var thread = new Thread(Run) { IsBackground = true, Name = $"flush-{_started}" };
                _threads[_started] = thread;
                thread.Start();
                _started++;
            }
        }
    }

    private void Run()
    {
        while (true)
        {
            IFlushable log;
            lock (_signal)
            {
                while (_dirty.Count == 0)
                {
                    if (_stopping)
                    {
                        return;
                    }

                    _sleeping++;
                    Monitor.Wait(_signal);
                    _sleeping--;
                }

                log = _dirty.Dequeue();
            }

            log.Flush();
        }
    }
}

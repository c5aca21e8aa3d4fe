namespace Broker.Node.Storage;

/// <summary>
/// Which segment files of the node are open, at most <paramref name="capacity"/> but for those in use: the least lately used is closed for a
/// new one (second chance), and the idle are closed by the table's maintenance. Any thread.
/// </summary>
internal sealed class OpenFiles(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Queue<LazyFile> _files = new();

    /// <summary>Files that are listed as open.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _files.Count;
            }
        }
    }

    /// <summary>Remembers a file that was just opened, and closes another when there are too many. Called without the file's lock.</summary>
    public void Add(LazyFile file)
    {
        LazyFile? victim = null;
        lock (_lock)
        {
            if (file.IsListed)
            {
                return;
            }

            file.IsListed = true;
            _files.Enqueue(file);
            for (var looked = 0; _files.Count > capacity; looked++)
            {
                var oldest = _files.Dequeue();
                if (oldest == file || (oldest.WasUsed && looked < capacity))
                {
                    oldest.WasUsed = false;
                    _files.Enqueue(oldest);
                    continue;
                }

                oldest.IsListed = false;
                victim = oldest;
                break;
            }
        }

        victim?.Close();
    }

    /// <summary>Closes the files that nobody used since the last call.</summary>
    public void CloseIdle()
    {
        List<LazyFile>? idle = null;
        lock (_lock)
        {
            for (var i = _files.Count; i > 0; i--)
            {
                var file = _files.Dequeue();
                if (file.WasUsed)
                {
                    file.WasUsed = false;
                    _files.Enqueue(file);
                }
                else
                {
                    file.IsListed = false;
                    (idle ??= []).Add(file);
                }
            }
        }

        idle?.ForEach(static file => file.Close());
    }
}

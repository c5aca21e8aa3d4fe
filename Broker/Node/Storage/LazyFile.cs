namespace Broker.Node.Storage;

/// <summary>
/// A segment's file, opened when somebody needs it and closed again when nobody has for a while (<see cref="OpenFiles"/>). Ten thousand idle
/// partitions then hold no descriptors. Any thread.
/// </summary>
internal sealed class LazyFile(IStorage storage, OpenFiles openFiles, string path)
{
    private readonly Lock _lock = new();
    private string _path = path;
    private OpenFile? _open;

    /// <summary>Used since the last look; set by users, cleared by <see cref="OpenFiles"/>.</summary>
    internal bool WasUsed;

    /// <summary>Whether the list of open files knows this one. Guarded by that list's lock.</summary>
    internal bool IsListed;

    /// <summary>Where the file is now.</summary>
    public string Path => _path;

    /// <summary>Holds the open file, opening it if need be. The caller disposes the hold. Throws <see cref="IOException"/>.</summary>
    /// <param name="create">Make the file when it is missing.</param>
    public OpenFile Hold(bool create = false)
    {
        WasUsed = true;
        if (Volatile.Read(ref _open) is { } open && open.TryHold())
        {
            return open;
        }

        lock (_lock)
        {
            if (_open is { } other && other.TryHold())
            {
                return other;
            }

            _open = open = new OpenFile(storage.Open(_path, create));
            open.TryHold();
        }

        openFiles.Add(this);
        return open;
    }

    /// <summary>Gives up the own hold: the file closes when nobody else has it.</summary>
    public void Close()
    {
        OpenFile? open;
        lock (_lock)
        {
            open = _open;
            _open = null;
        }

        open?.Dispose();
    }

    /// <summary>Renames the file; those that come later open it under its new name.</summary>
    public void Rename(string to)
    {
        lock (_lock)
        {
            storage.Rename(_path, to);
            _path = to;
        }
    }
}

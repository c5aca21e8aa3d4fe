using Broker.Node.Storage;
using Protocol.Wire.Codec;

namespace Tests.Unit.Storage;

/// <summary>
/// A disk in memory that forgets what was not synced when its power is cut: of each file's unsynced writes any may be lost, kept or torn, and
/// unsynced names (creations, renames, deletions) come back as they were or not, folder by folder. It fails syncs and writes on demand.
/// </summary>
public sealed class FaultyStorage : IStorage
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Node> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);

    // What a power cut comes back to: the names of each folder as they were at its last sync.
    private readonly Dictionary<string, Node> _durableNames = new(StringComparer.Ordinal);
    private readonly HashSet<string> _durableFolders = new(StringComparer.Ordinal);

    /// <summary>Called before each sync with the path; may throw.</summary>
    public Action<string>? OnSync { get; set; }

    /// <summary>Called before each opening of a file with its path; may throw.</summary>
    public Action<string>? OnOpen { get; set; }

    /// <summary>Called before each write with the path and length; may throw, after part of the bytes were written.</summary>
    public Func<string, int, int?>? OnWrite { get; set; }

    public int Syncs { get; private set; }

    public int Opens { get; private set; }

    /// <summary>Paths of all files.</summary>
    public IReadOnlyList<string> Files
    {
        get
        {
            lock (_lock)
            {
                return [.. _names.Keys.Order(StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>The disk after a power cut. The old one may still be used by what is left of the process; it has no effect on the new.</summary>
    /// <param name="random">Decides what survives of what was not synced.</param>
    public FaultyStorage CutPower(Random random)
    {
        lock (_lock)
        {
            var after = new FaultyStorage();
            after._folders.UnionWith(_durableFolders);
            foreach (var folder in _folders)
            {
                if (random.Next(2) == 0 && Path.GetDirectoryName(folder) is { } parent && after._folders.Contains(parent))
                {
                    after._folders.Add(folder);
                }
            }

            foreach (var folder in after._folders)
            {
                var names = random.Next(2) == 0 ? _names : _durableNames;
                foreach (var (path, node) in names.Where(name => Path.GetDirectoryName(name.Key) == folder))
                {
                    after._names[path] = node.AfterPowerCut(random);
                }
            }

            after.AllIsDurable();
            return after;
        }
    }

    /// <summary>The disk after a kill: everything that was written is there.</summary>
    public FaultyStorage Kill()
    {
        lock (_lock)
        {
            var after = new FaultyStorage();
            after._folders.UnionWith(_folders);
            after._durableFolders.UnionWith(_durableFolders);
            var copies = new Dictionary<Node, Node>();
            Node CopyOf(Node node) => copies.TryGetValue(node, out var copy)
                ? copy
                : copies[node] = new Node { Content = [.. node.Content], Durable = [.. node.Durable] };
            foreach (var (path, node) in _names)
            {
                after._names[path] = CopyOf(node);
            }

            foreach (var (path, node) in _durableNames)
            {
                after._durableNames[path] = CopyOf(node);
            }

            return after;
        }
    }

    /// <summary>Changes a file's bytes in place.</summary>
    public void Damage(string path, Func<byte[], byte[]> change)
    {
        lock (_lock)
        {
            _names[path].Content = [.. change([.. _names[path].Content])];
        }
    }

    public void CreateDirectory(string path)
    {
        lock (_lock)
        {
            _folders.Add(path);
            if (_durableFolders.Count == 0)
            {
                _durableFolders.Add(path);
            }
        }
    }

    public IReadOnlyList<string> ListDirectories(string path)
    {
        lock (_lock)
        {
            return [.. _folders.Where(folder => Path.GetDirectoryName(folder) == path).Select(folder => Path.GetFileName(folder)!)];
        }
    }

    public IReadOnlyList<StoredFile> ListFiles(string path)
    {
        lock (_lock)
        {
            return [.. _names.Where(name => Path.GetDirectoryName(name.Key) == path)
                .Select(name => new StoredFile(Path.GetFileName(name.Key), name.Value.Content.Count, 0))];
        }
    }

    public IStorageFile Open(string path, bool create)
    {
        OnOpen?.Invoke(path);
        lock (_lock)
        {
            Opens++;
            if (!_names.TryGetValue(path, out var node))
            {
                if (!create)
                {
                    throw new FileNotFoundException(path);
                }

                if (!_folders.Contains(Path.GetDirectoryName(path)!))
                {
                    throw new DirectoryNotFoundException(path);
                }

                _names[path] = node = new Node();
            }

            return new OpenNode(this, node, path);
        }
    }

    public byte[]? TryReadAll(string path)
    {
        lock (_lock)
        {
            return _names.TryGetValue(path, out var node) ? [.. node.Content] : null;
        }
    }

    public void ReplaceAll(string path, ReadOnlySpan<byte> content, bool durable)
    {
        using (var file = Open(path + ".tmp", create: true))
        {
            file.SetLength(0);
            file.Write(content, 0);
            if (durable)
            {
                file.Sync();
            }
        }

        Rename(path + ".tmp", path);
        if (durable)
        {
            SyncDirectory(Path.GetDirectoryName(path)!);
        }
    }

    public void Rename(string from, string to)
    {
        lock (_lock)
        {
            if (_folders.Remove(from))
            {
                _folders.Add(to);
                foreach (var path in _names.Keys.Where(name => Path.GetDirectoryName(name) == from).ToArray())
                {
                    _names.Remove(path, out var moved);
                    _names[Path.Combine(to, Path.GetFileName(path))] = moved!;
                }

                return;
            }

            if (!_names.Remove(from, out var node))
            {
                throw new FileNotFoundException(from);
            }

            _names[to] = node;
        }
    }

    public void DeleteFile(string path)
    {
        lock (_lock)
        {
            _names.Remove(path);
        }
    }

    public void DeleteDirectory(string path)
    {
        lock (_lock)
        {
            _folders.Remove(path);
            foreach (var name in _names.Keys.Where(name => Path.GetDirectoryName(name) == path).ToArray())
            {
                _names.Remove(name);
            }
        }
    }

    public void SyncDirectory(string path)
    {
        OnSync?.Invoke(path);
        lock (_lock)
        {
            if (!_folders.Contains(path))
            {
                throw new DirectoryNotFoundException(path);
            }

            _durableFolders.RemoveWhere(folder => Path.GetDirectoryName(folder) == path && !_folders.Contains(folder));
            _durableFolders.UnionWith(_folders.Where(folder => Path.GetDirectoryName(folder) == path));
            foreach (var name in _durableNames.Keys.Where(name => Path.GetDirectoryName(name) == path).ToArray())
            {
                _durableNames.Remove(name);
            }

            foreach (var (name, node) in _names.Where(name => Path.GetDirectoryName(name.Key) == path))
            {
                _durableNames[name] = node;
            }
        }
    }

    public void SyncAll(string path)
    {
        OnSync?.Invoke(path);
        lock (_lock)
        {
            _durableFolders.Clear();
            _durableNames.Clear();
            AllIsDurable();
            foreach (var node in _names.Values)
            {
                node.Durable = [.. node.Content];
            }
        }
    }

    private void AllIsDurable()
    {
        _durableFolders.UnionWith(_folders);
        foreach (var (name, node) in _names)
        {
            _durableNames[name] = node;
        }
    }

    /// <summary>A file: what is written, and what of it is synced.</summary>
    private sealed class Node
    {
        public List<byte> Content { get; set; } = [];

        public List<byte> Durable { get; set; } = [];

        /// <summary>Synced bytes that were not written since stay; the rest is what the writes left, zeros, or gone from some place on.</summary>
        public Node AfterPowerCut(Random random)
        {
            var content = new List<byte>(Durable);
            if (random.Next(3) > 0)
            {
                // Some of the unsynced bytes made it: up to a place, and with a hole perhaps.
                var length = random.Next(Math.Min(Content.Count, Durable.Count), Content.Count + 1);
                content = Content[..length];
                var from = Math.Min(Durable.Count, length);
                if (length > from && random.Next(2) == 0)
                {
                    var hole = random.Next(from, length);
                    for (var i = hole; i < Math.Min(length, hole + 512); i++)
                    {
                        content[i] = 0;
                    }
                }
            }

            return new Node { Content = content, Durable = [.. content] };
        }
    }

    private sealed class OpenNode(FaultyStorage storage, Node node, string path) : IStorageFile
    {
        public long LengthBytes
        {
            get
            {
                lock (storage._lock)
                {
                    return node.Content.Count;
                }
            }
        }

        public void Write(ReadOnlySpan<byte> bytes, long position)
        {
            var written = storage.OnWrite?.Invoke(path, bytes.Length);
            lock (storage._lock)
            {
                var content = node.Content;
                while (content.Count < position)
                {
                    content.Add(0);
                }

                foreach (var value in bytes[..(written ?? bytes.Length)])
                {
                    if (position < content.Count)
                    {
                        content[(int)position] = value;
                    }
                    else
                    {
                        content.Add(value);
                    }

                    position++;
                }
            }

            if (written is not null)
            {
                throw new IOException("No space left on device");
            }
        }

        public int Read(Span<byte> destination, long position)
        {
            lock (storage._lock)
            {
                var count = (int)Math.Clamp(node.Content.Count - position, 0, destination.Length);
                for (var i = 0; i < count; i++)
                {
                    destination[i] = node.Content[(int)position + i];
                }

                return count;
            }
        }

        public void Sync()
        {
            storage.OnSync?.Invoke(path);
            lock (storage._lock)
            {
                storage.Syncs++;
                node.Durable = [.. node.Content];
            }
        }

        public void SetLength(long lengthBytes)
        {
            lock (storage._lock)
            {
                while (node.Content.Count < lengthBytes)
                {
                    node.Content.Add(0);
                }

                node.Content.RemoveRange((int)lengthBytes, node.Content.Count - (int)lengthBytes);
            }
        }

        public IExternalBytes Slice(long position, int lengthBytes, IDisposable lease) => new NodeSlice(this, position, lengthBytes, lease);

        public void Dispose()
        {
        }
    }

    private sealed class NodeSlice(OpenNode file, long position, int lengthBytes, IDisposable lease) : IExternalBytes
    {
        private IDisposable? _lease = lease;

        public int LengthBytes => lengthBytes;

        public int CopyTo(int offset, Span<byte> destination) => file.Read(destination[..Math.Min(destination.Length, lengthBytes - offset)], position + offset);

        public void Dispose() => Interlocked.Exchange(ref _lease, null)?.Dispose();
    }
}

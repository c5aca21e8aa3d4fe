using Hosting.Durability;

namespace Broker.Node.Storage;

/// <summary>The real disk. Holds nothing; one instance serves the process.</summary>
public sealed class DiskStorage(StorageMetrics metrics) : IStorage
{
    public void CreateDirectory(string path) => Directory.CreateDirectory(path);

    public IReadOnlyList<string> ListDirectories(string path)
    {
        var names = new List<string>();
        foreach (var directory in Directory.EnumerateDirectories(path))
        {
            names.Add(Path.GetFileName(directory));
        }

        return names;
    }

    public IReadOnlyList<StoredFile> ListFiles(string path)
    {
        var directory = new DirectoryInfo(path);
        if (!directory.Exists)
        {
            return [];
        }

        var files = new List<StoredFile>();
        foreach (var file in directory.EnumerateFiles())
        {
            files.Add(new StoredFile(file.Name, file.Length, new DateTimeOffset(file.LastWriteTimeUtc).ToUnixTimeMilliseconds()));
        }

        return files;
    }

    public IStorageFile Open(string path, bool create) => Guarded(path, () => new DiskFile(
        path,
        File.OpenHandle(path, create ? FileMode.OpenOrCreate : FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete),
        metrics));

    public byte[]? TryReadAll(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public void ReplaceAll(string path, ReadOnlySpan<byte> content, bool durable)
    {
        var temporary = path + ".tmp";
        using (var file = Open(temporary, create: true))
        {
            file.SetLength(0);
            file.Write(content, 0);
            if (durable)
            {
                file.Sync();
            }
        }

        Rename(temporary, path);
        if (durable)
        {
            SyncDirectory(Path.GetDirectoryName(path)!);
        }
    }

    public void Rename(string from, string to)
    {
        if (Directory.Exists(from))
        {
            Directory.Move(from, to);
        }
        else
        {
            File.Move(from, to, overwrite: true);
        }
    }

    public void DeleteFile(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Gone with its folder.
        }
    }

    public void DeleteDirectory(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    public void SyncDirectory(string path) => Disk.SyncDirectory(path);

    public void SyncAll(string path) => Disk.SyncFileSystem(path);

    /// <summary>A file that may not be opened is a storage failure like any other.</summary>
    private static DiskFile Guarded(string path, Func<DiskFile> open)
    {
        try
        {
            return open();
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new IOException($"{path} cannot be opened: {denied.Message}", denied);
        }
    }
}

namespace Broker.Node.Storage;

/// <summary>
/// The disk as the log sees it. One implementation is the real one; the other is a memory that loses unsynced bytes on a power cut and
/// fails on demand, for tests. All methods throw <see cref="IOException"/> when the disk refuses. What is not synced may be lost by a power
/// cut, in any order; what is synced is not. Any thread.
/// </summary>
public interface IStorage
{
    /// <summary>Creates a folder; nothing happens when it is there. Durable once the parent is synced.</summary>
    void CreateDirectory(string path);

    /// <summary>Names (not paths) of the folders in a folder, in no order.</summary>
    IReadOnlyList<string> ListDirectories(string path);

    /// <summary>The files in a folder, in no order; empty when the folder is missing.</summary>
    IReadOnlyList<StoredFile> ListFiles(string path);

    /// <summary>Opens a file for reading and writing.</summary>
    /// <param name="create">
    /// Make an empty one when it is missing (durable once the folder is synced); else a missing one throws <see cref="FileNotFoundException"/>.
    /// </param>
    IStorageFile Open(string path, bool create);

    /// <summary>The whole content of a small file; null when it is missing.</summary>
    byte[]? TryReadAll(string path);

    /// <summary>
    /// Replaces a file's content whole, by way of a temporary file beside it: a crash leaves the old or the new content. With
    /// <paramref name="durable"/> the new content and its name are synced when the call returns; without, a power cut may leave anything.
    /// </summary>
    void ReplaceAll(string path, ReadOnlySpan<byte> content, bool durable);

    /// <summary>Renames a file or a folder. Durable once the folder is synced.</summary>
    void Rename(string from, string to);

    /// <summary>Deletes a file; nothing happens when it is missing. Who has it open keeps reading.</summary>
    void DeleteFile(string path);

    /// <summary>Deletes a folder and what is in it; nothing happens when it is missing.</summary>
    void DeleteDirectory(string path);

    /// <summary>Makes creations, renames and deletions in a folder durable.</summary>
    void SyncDirectory(string path);

    /// <summary>Makes everything durable that was written below a folder, contents and names: one call for many small files.</summary>
    void SyncAll(string path);
}

/// <summary>A file in a folder.</summary>
/// <param name="Name">Without the folder.</param>
/// <param name="LengthBytes">When it was listed.</param>
/// <param name="ModifiedMs">Last change, ms since the Unix epoch.</param>
public readonly record struct StoredFile(string Name, long LengthBytes, long ModifiedMs);

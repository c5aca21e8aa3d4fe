using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Hosting.Durability;

/// <summary>
/// The system calls that .NET 10 has no honest version of: its own flushes swallow EIO, and a directory cannot be synced at all. Every error
/// becomes an <see cref="IOException"/> that names the call and the errno.
/// </summary>
public static partial class Disk
{
    private const int Interrupted = 4; // EINTR, the same on Linux and macOS.
    private const int ReadOnly = 0;
    private static readonly int DirectoryAndCloseOnExec = OperatingSystem.IsLinux() ? 0x10000 | 0x80000 : 0x100000 | 0x1000000;

    /// <summary>fdatasync: content and length, not times.</summary>
    public static void SyncData(SafeFileHandle file, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Check(FlushFileBuffers(file) ? 0 : -1, "FlushFileBuffers", path);
            return;
        }

        int result;
        do
        {
            result = OperatingSystem.IsLinux() ? FDataSync(file) : FSync(file);
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        Check(result, "fdatasync", path);
    }

    /// <summary>fsync of a folder: the names in it.</summary>
    public static void SyncDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // Windows journals names by itself and has no call for it.
        }

        using var handle = OpenDirectory(path);
        int result;
        do
        {
            result = FSync(handle);
        }
        while (result < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        Check(result, "fsync", path);
    }

    /// <summary>syncfs: everything of the file system that holds a folder. Before Linux 5.8 it reports no errors.</summary>
    public static void SyncFileSystem(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            using var handle = OpenDirectory(path);
            Check(SyncFs(handle), "syncfs", path);
        }
        else if (!OperatingSystem.IsWindows())
        {
            Sync();
        }
    }

    /// <summary>Replaces a file as a whole: after a power cut it has the old content or the new one. Throws <see cref="IOException"/>.</summary>
    public static void ReplaceFile(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + ".tmp";
        using (var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, content, 0);
            SyncData(file, temporary);
        }

        File.Move(temporary, path, overwrite: true);
        SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    /// <summary>
    /// Makes a folder, with those above it that are missing: a power cut takes none of the new names away. One that is there already is taken for
    /// durable; whoever cannot know syncs the folder above it. Throws <see cref="IOException"/>.
    /// </summary>
    public static void CreateDirectory(string path)
    {
        var missing = new Stack<string>();
        for (var folder = Path.GetFullPath(path); folder is not null && !Directory.Exists(folder); folder = Path.GetDirectoryName(folder))
        {
            missing.Push(folder);
        }

        Directory.CreateDirectory(path);
        foreach (var folder in missing)
        {
            SyncDirectory(Path.GetDirectoryName(folder)!);
        }
    }

    /// <summary>Whether a file could not be opened because another process has it for itself; else the disk refused it.</summary>
    public static bool IsHeldByAnother(IOException refused)
    {
        const int SharingViolation = unchecked((int)0x80070020);
        var wouldBlock = OperatingSystem.IsWindows() ? SharingViolation : OperatingSystem.IsLinux() ? 11 : 35; // EWOULDBLOCK
        return refused.HResult == wouldBlock;
    }

    /// <summary>
    /// Whether the machine could not do what the same call may do another time or elsewhere: a full disk, a quota, a failing device, no descriptors
    /// left. Else the path itself is wrong.
    /// </summary>
    public static bool IsOutOfOrder(Exception refused)
    {
        const int DiskFull = unchecked((int)0x80070070);
        return OperatingSystem.IsWindows()
            ? refused.HResult == DiskFull
            : refused is IOException { HResult: 5 or 23 or 24 or 28 } || refused.HResult == (OperatingSystem.IsLinux() ? 122 : 69); // EIO, ENFILE, EMFILE, ENOSPC, EDQUOT
    }

    private static SafeFileHandle OpenDirectory(string path)
    {
        var descriptor = Open(path, ReadOnly | DirectoryAndCloseOnExec);
        Check(descriptor, "open", path);
        return new SafeFileHandle(descriptor, ownsHandle: true);
    }

    private static void Check(int result, string call, string path)
    {
        if (result < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            throw new IOException($"{call} of {path}: {Marshal.GetPInvokeErrorMessage(error)} (errno {error})", error);
        }
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FDataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int SyncFs(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "sync")]
    private static partial void Sync();

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool FlushFileBuffers(SafeFileHandle file);
}

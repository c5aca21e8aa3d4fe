using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Hosting.Durability;

/// <summary>
/// Makes bytes and names durable, or fails. The runtime's own calls return normally when fsync fails, so these go to the system and look at
/// errno. After a failure nobody knows what is on disk: the caller must stop acknowledging.
/// </summary>
public static partial class Disk
{
    /// <summary>Waits until the file's bytes and length are on disk. Throws <see cref="IOException"/>.</summary>
    public static void SyncData(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            SyncPortably(file);
            return;
        }

        while (FDataSync(file) != 0)
        {
            ThrowUnlessInterrupted("fdatasync");
        }
    }

    /// <summary>Waits until creations, renames and deletions in the folder are on disk. Throws <see cref="IOException"/>. Windows journals them by itself.</summary>
    public static void SyncFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(path, ReadOnly);
        if (descriptor < 0)
        {
            throw Failure($"open folder {path}");
        }

        using var folder = new SafeFileHandle(descriptor, ownsHandle: true);
        while (FSync(folder) != 0)
        {
            ThrowUnlessInterrupted($"fsync of folder {path}");
        }
    }

    /// <summary>Replaces a file as a whole: after a power cut it has the old content or the new one. Throws <see cref="IOException"/>.</summary>
    public static void ReplaceFile(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + ".tmp";
        using (var file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, content, 0);
            SyncData(file);
        }

        File.Move(temporary, path, overwrite: true);
        SyncFolder(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }

    private static void SyncPortably(SafeFileHandle file)
    {
        if (OperatingSystem.IsWindows())
        {
            if (!FlushFileBuffers(file))
            {
                throw Failure("FlushFileBuffers");
            }

            return;
        }

        while (FSync(file) != 0)
        {
            ThrowUnlessInterrupted("fsync");
        }
    }

    private static void ThrowUnlessInterrupted(string call)
    {
        if (Marshal.GetLastPInvokeError() != Interrupted)
        {
            throw Failure(call);
        }
    }

    private static IOException Failure(string call)
    {
        var cause = new Win32Exception(Marshal.GetLastPInvokeError());
        return new IOException($"{call} failed: {cause.Message}", cause);
    }

    private const int ReadOnly = 0;
    private const int Interrupted = 4;

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FDataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("kernel32", EntryPoint = "FlushFileBuffers", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool FlushFileBuffers(SafeFileHandle file);
}

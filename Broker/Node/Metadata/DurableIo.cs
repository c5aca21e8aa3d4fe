using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Broker.Node.Metadata;

/// <summary>The calls that make bytes and names survive a power cut. .NET's own ignore their errors; these throw <see cref="IOException"/>.</summary>
internal static partial class DurableIo
{
    private const int Interrupted = 4;

    /// <summary>Returns when the file's bytes and its length are on the disk.</summary>
    public static void Sync(SafeFileHandle file, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            if (!FlushFileBuffers(file))
            {
                throw Failed("FlushFileBuffers", path);
            }

            return;
        }

        // fdatasync writes what is needed to read the bytes again, which includes a changed length; macOS has no such call.
        while ((OperatingSystem.IsLinux() ? FDataSync(file) : FSync(file)) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted)
            {
                throw Failed("fdatasync", path);
            }
        }
    }

    /// <summary>Returns when the names in a directory (files made, renamed, deleted) are on the disk.</summary>
    public static void SyncDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(path, 0);
        if (descriptor < 0)
        {
            throw Failed("open", path);
        }

        using var directory = new SafeFileHandle(descriptor, ownsHandle: true);
        while (FSync(directory) != 0)
        {
            if (Marshal.GetLastPInvokeError() != Interrupted)
            {
                throw Failed("fsync", path);
            }
        }
    }

    /// <summary>Takes the file for this process alone. False when another has it.</summary>
    public static bool TryLock(SafeFileHandle file, string path)
    {
        const int ExclusiveWithoutWaiting = 2 | 4;
        if (OperatingSystem.IsWindows() || FLock(file, ExclusiveWithoutWaiting) == 0)
        {
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        var wouldBlock = OperatingSystem.IsLinux() ? 11 : 35;
        return error == wouldBlock ? false : throw Failed("flock", path);
    }

    private static IOException Failed(string call, string path)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{call} of {path} failed: {new Win32Exception(error).Message} ({error})");
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FDataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int FLock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("kernel32", EntryPoint = "FlushFileBuffers", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool FlushFileBuffers(SafeFileHandle file);
}

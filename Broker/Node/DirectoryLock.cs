using System.Globalization;
using System.Runtime.InteropServices;
using Hosting.Durability;
using Microsoft.Win32.SafeHandles;

namespace Broker.Node;

/// <summary>
/// Keeps a data directory to one process: an exclusive lock on the file `lock`, which the system gives back however the process ends.
/// `lock.pid` says who holds it, for people only.
/// </summary>
internal sealed partial class DirectoryLock : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly string _pidPath;

    private DirectoryLock(SafeFileHandle file, string pidPath)
    {
        _file = file;
        _pidPath = pidPath;
    }

    /// <summary>Takes the directory, which exists. Throws <see cref="BrokerStartException"/> naming it, and the process if known, when it is in use.</summary>
    public static DirectoryLock Take(string directory)
    {
        var path = Path.Combine(directory, "lock");
        var pidPath = path + ".pid";
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            if (TryLock(file))
            {
                File.WriteAllText(pidPath, Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
                return new DirectoryLock(file, pidPath);
            }
        }
        catch (UnauthorizedAccessException e)
        {
            file?.Dispose();
            throw new BrokerStartException($"Data directory {directory} cannot be written: {e.Message}", e);
        }
        catch (IOException e) when (file is not null || !Disk.IsHeldByAnother(e))
        {
            file?.Dispose();
            throw new BrokerStartException($"Data directory {directory} cannot be locked: {e.Message}", e);
        }
        catch (IOException)
        {
            // FileShare.None says it with an exception.
        }

        file?.Dispose();
        throw new BrokerStartException($"Data directory {directory} is in use by another process{HolderOf(pidPath)}.");
    }

    public void Dispose()
    {
        try
        {
            File.Delete(_pidPath);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is for people only, and says a process that is gone.
        }

        _file.Dispose();
    }

    /// <summary>.NET locks the file too, but passes over a file system that cannot; what is not locked must not be used.</summary>
    private static bool TryLock(SafeFileHandle file)
    {
        const int ExclusiveWithoutWaiting = 2 | 4;
        if (OperatingSystem.IsWindows() || FLock(file, ExclusiveWithoutWaiting) == 0)
        {
            return true;
        }

        var error = Marshal.GetLastPInvokeError();
        var wouldBlock = OperatingSystem.IsLinux() ? 11 : 35;
        return error == wouldBlock ? false : throw new IOException($"flock: {Marshal.GetPInvokeErrorMessage(error)} (errno {error})");
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int FLock(SafeFileHandle file, int operation);

    private static string HolderOf(string pidPath)
    {
        try
        {
            return int.TryParse(File.ReadAllText(pidPath).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? $" (pid {pid})" : "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}

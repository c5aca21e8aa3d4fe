using Hosting.Durability;

namespace Federation.Standalone;

/// <summary>Keeps a second process off the data folder. Held as long as the process lives; the system lets go of it whatever way that ends.</summary>
internal static class FolderLock
{
    /// <summary>
    /// Makes the folder if need be, and takes the lock. Throws <see cref="FederationStartException"/> when another process holds it, or the folder
    /// is none that can be written.
    /// </summary>
    public static IDisposable Take(string folder)
    {
        var path = Path.Combine(folder, "federation.lock");
        try
        {
            Disk.CreateDirectory(folder);
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            file.SetLength(0);
            file.Write(System.Text.Encoding.ASCII.GetBytes($"{Environment.ProcessId}\n"));
            file.Flush();
            return file;
        }
        catch (IOException e) when (Disk.IsHeldByAnother(e))
        {
            throw new FederationStartException($"{folder} is in use by another federation (it holds {path}); stop it, or choose another folder with --data", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var why = File.Exists(folder) ? "it is a file, and a folder is needed" : $"the folder cannot be written: {e.Message}";
            throw new FederationStartException($"--data {folder}: {why}", e) { IsWrongOption = !Disk.IsOutOfOrder(e) };
        }
    }
}

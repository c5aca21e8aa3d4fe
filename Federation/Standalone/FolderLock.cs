namespace Federation.Standalone;

/// <summary>Keeps a second process off the data folder. Held as long as the process lives; the system lets go of it whatever way that ends.</summary>
internal static class FolderLock
{
    /// <summary>Takes the lock. Throws <see cref="FederationStartException"/> when another process holds it.</summary>
    public static IDisposable Take(string folder)
    {
        var path = Path.Combine(folder, "federation.lock");
        try
        {
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            file.SetLength(0);
            file.Write(System.Text.Encoding.ASCII.GetBytes($"{Environment.ProcessId}\n"));
            file.Flush();
            return file;
        }
        catch (IOException e)
        {
            throw new FederationStartException($"{folder} is in use by another federation (it holds {path}); stop it, or choose another folder with --data", e);
        }
    }
}

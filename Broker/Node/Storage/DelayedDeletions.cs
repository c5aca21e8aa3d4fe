using Microsoft.Extensions.Logging;

namespace Broker.Node.Storage;

/// <summary>
/// Files and folders that were renamed for their deletion and stay a while for those who still read them (file.delete.delay.ms). What a
/// crash leaves behind is deleted at the next opening, by its name. Any thread.
/// </summary>
internal sealed class DelayedDeletions(IStorage storage, ILogger logger)
{
    private readonly Lock _lock = new();
    private readonly List<Doomed> _doomed = [];

    /// <summary>Deletes a file or folder once its time has come.</summary>
    public void Add(string path, bool isFolder, long dueMs)
    {
        lock (_lock)
        {
            _doomed.Add(new Doomed(dueMs, path, isFolder));
        }
    }

    /// <summary>Deletes what is due. What cannot be deleted is logged and left.</summary>
    public void DeleteDue(long nowMs)
    {
        List<Doomed> due;
        lock (_lock)
        {
            due = _doomed.FindAll(item => item.DueMs <= nowMs);
            _doomed.RemoveAll(item => item.DueMs <= nowMs);
        }

        foreach (var (_, path, isFolder) in due)
        {
            try
            {
                if (isFolder)
                {
                    storage.DeleteDirectory(path);
                }
                else
                {
                    storage.DeleteFile(path);
                }
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                logger.LogWarning(failure, "{Path} could not be deleted", path);
            }
        }
    }

    private readonly record struct Doomed(long DueMs, string Path, bool IsFolder);
}

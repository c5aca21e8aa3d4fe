namespace Broker.Node.Storage;

/// <summary>
/// An open file that several hold: the segment that opened it, whoever writes it, and the slices that are being sent. It closes with the last
/// of them, so a deleted or evicted segment stays readable for those that have begun. Disposing gives up one hold.
/// </summary>
internal sealed class OpenFile(IStorageFile file) : IDisposable
{
    private int _holds = 1;

    /// <summary>Valid while held.</summary>
    public IStorageFile File => file;

    /// <summary>Takes one more hold; false when the file has been closed already.</summary>
    public bool TryHold()
    {
        var holds = Volatile.Read(ref _holds);
        while (holds > 0)
        {
            var seen = Interlocked.CompareExchange(ref _holds, holds + 1, holds);
            if (seen == holds)
            {
                return true;
            }

            holds = seen;
        }

        return false;
    }

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _holds) == 0)
        {
            file.Dispose();
        }
    }
}

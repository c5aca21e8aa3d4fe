using Kernel;

namespace Broker.Node.Apis;

/// <summary>
/// How much of groups or positions one answer may still hold: <see cref="Limits.MaxGroupAnswerBytes"/> in all. Owned by the request, and used by
/// one thread at a time. Once something did not fit, nothing does, so that what is refused is a request's end and need not be looked up.
/// </summary>
internal sealed class GroupAnswerRoom
{
    private long _left = Limits.MaxGroupAnswerBytes;

    /// <summary>Something did not fit.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Takes room for so many bytes; false when there is none.</summary>
    public bool TryTake(int bytes)
    {
        IsFull |= bytes > _left;
        _left -= IsFull ? 0 : bytes;
        return !IsFull;
    }
}

using Microsoft.Extensions.Logging;

namespace Broker.Node.Partitions;

/// <summary>
/// Whether the disk of a log directory refuses appends, as a full one does. It begins with the first append that is refused, and ends at a round
/// of upkeep when none was refused since the round before, and the last one was taken: on a disk that is almost full, small batches fit where
/// large ones do not, and each of them must not be a log line. Owned by the table; any thread.
/// </summary>
internal sealed partial class AppendRefusals(string directory, ILogger logger)
{
    private readonly Lock _lock = new();
    private volatile string? _reason;
    private volatile bool _isTaken;
    private bool _isRefused;
    private long _count;
    private long _countBefore;

    /// <summary>Why appends are refused now; null when they are not.</summary>
    public string? Reason => _reason;

    /// <summary>Appends refused since the start.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>An append was written. Costs a read in the normal course.</summary>
    public void OnTaken()
    {
        if (_reason is not null)
        {
            _isTaken = true;
        }
    }

    /// <summary>The disk refused an append.</summary>
    public void OnRefused(IOException refused)
    {
        bool isFirst;
        lock (_lock)
        {
            isFirst = _reason is null;
            _isRefused = true;
            _isTaken = false;
            _countBefore = isFirst ? _count : _countBefore;
            _reason = refused.Message;
            Interlocked.Increment(ref _count);
        }

        if (isFirst)
        {
            LogBegin(logger, directory, refused.Message);
        }
    }

    /// <summary>A round of upkeep.</summary>
    public void OnRound()
    {
        if (_reason is null)
        {
            return;
        }

        lock (_lock)
        {
            var isOver = _isTaken && !_isRefused;
            _isRefused = false;
            if (!isOver)
            {
                return;
            }

            _reason = null;
        }

        LogEnd(logger, directory, Count - _countBefore);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The disk of {Directory} refuses appends, and producers get KAFKA_STORAGE_ERROR: {Reason}")]
    private static partial void LogBegin(ILogger logger, string directory, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The disk of {Directory} takes appends again; {Refused} were refused.")]
    private static partial void LogEnd(ILogger logger, string directory, long refused);
}

using Kernel.Machines;

namespace Federation.Core.Mirroring;

/// <summary>What becomes of pushed batches.</summary>
internal enum PushVerdict
{
    /// <summary>They go to the copy.</summary>
    Append,

    /// <summary>The copy has them already, or they were asked for before something went wrong.</summary>
    Drop,

    /// <summary>Something between the copy's end and them is missing: ask again from the end.</summary>
    Gap,

    /// <summary>The source itself has nothing between the copy's end and them, and retention does not explain it.</summary>
    Hole,
}

/// <summary>Whether pushes of a partition are wanted.</summary>
internal enum CopyPhase
{
    /// <summary>The copy's end is not known (any longer): MirrorOpen has to say it.</summary>
    Unopened,

    /// <summary>Pushes come and are appended.</summary>
    Following,

    /// <summary>Only a person can mend it; it is looked at again after <see cref="MirrorSettings.FailedRetry"/>.</summary>
    Failed,
}

/// <summary>One partition of a copy, as its <see cref="MirrorMachine"/> knows it. At most one append is under way; what comes meanwhile waits and goes together.</summary>
internal sealed class MirroredPartition(MirroredTopic topic, int index)
{
    private readonly LagMarks _marks = new();

    public MirroredTopic Topic => topic;
    public int Index => index;

    public CopyPhase Phase { get; set; }

    /// <summary>For people; null when nothing is wrong.</summary>
    public string? Error { get; set; }

    /// <summary>When to open the copy again; meaningless while following.</summary>
    public Instant RetryAt { get; set; }

    /// <summary>Failures since the last append that succeeded.</summary>
    public int Failures { get; set; }

    /// <summary>Only an append proves that <see cref="Error"/> has passed; otherwise it is enough to hear of the source's log again.</summary>
    public bool IsProofDue { get; set; }

    /// <summary>Since when nothing is heard of the source's log; null while it is.</summary>
    public Instant? StalledSince { get; set; }

    /// <summary>Number of the newest Resume.</summary>
    public uint Session { get; set; }

    /// <summary>The durable copy; -1 before it was opened.</summary>
    public long CopyStart { get; private set; } = -1;
    public long CopyEnd { get; private set; } = -1;

    /// <summary>The next batch begins here, or before it with bytes that the copy has.</summary>
    public long Expected { get; private set; } = -1;

    /// <summary>The copy's last batch has been compared with the source's, or there is none.</summary>
    public bool IsTailCompared { get; private set; }

    /// <summary>The source; -1 before it said.</summary>
    public long SourceEnd { get; private set; } = -1;
    public long SourceStart { get; private set; } = -1;

    /// <summary>Accepted batches that wait for the append under way.</summary>
    public Queue<BatchPayload> Waiting { get; } = new();

    /// <summary>Attempt of the append under way, 0 for none.</summary>
    public int AppendAttempt { get; set; }
    public long AppendingBytes { get; set; }
    public long AppendingTimestamp { get; set; } = -1;

    /// <summary>The stream whose credits the append under way holds.</summary>
    public int AppendStream { get; set; }

    /// <summary>Offset that the append under way should reach; -1 when it only raises the log start.</summary>
    public long AppendingTo { get; set; }

    /// <summary>The log start that an empty append has already brought to the copy, or tried to.</summary>
    public long TrimmedTo { get; set; } = -1;

    public bool IsAckDue { get; set; }

    // While the copy is below this, nobody saw when the records were committed: their own timestamps have to do.
    private bool _isFirstObservation;
    private long _backlogEnd = -1;
    private long _newestTimestamp = -1;

    /// <summary>
    /// The copy's log start lags behind the source's, and nothing is on its way that would bring it along. Not beyond the copy's end: where a
    /// copy begins anew is said by a batch, because a log start may lie within one.
    /// </summary>
    public bool IsTrimDue =>
        Phase == CopyPhase.Following && AppendAttempt == 0 && Waiting.Count == 0 && SourceStart > CopyStart && SourceStart > TrimmedTo && SourceStart <= CopyEnd;

    /// <summary>End of what the copy has of what the source still has: records below the source's log start are wanted by nobody. -1 unknown.</summary>
    public long EffectiveEnd => CopyEnd < 0 ? -1 : Math.Max(CopyEnd, SourceStart);

    /// <summary>The broker said where the copy is.</summary>
    /// <returns>Where pushes have to begin: one offset before the end, so that the last batch comes again and is compared.</returns>
    public long Opened(long logStart, long logEnd)
    {
        CopyStart = logStart;
        CopyEnd = Expected = logEnd;
        IsTailCompared = logEnd <= logStart;
        TrimmedTo = -1;
        _isFirstObservation = true;
        Phase = CopyPhase.Following;
        _marks.Reached(logEnd);
        return IsTailCompared ? logEnd : logEnd - 1;
    }

    /// <summary>Decides about pushed batches, and takes them into account when they are to be appended.</summary>
    public PushVerdict Judge(MirrorInput.BatchesPushed push)
    {
        var range = push.Payload.Range;
        if (range.BaseOffset > Expected)
        {
            var isRetention = push.LogStart > Expected && push.FromOffset <= push.LogStart && range.BaseOffset <= push.LogStart;
            if (!isRetention)
            {
                return push.FromOffset <= Math.Max(Expected, push.LogStart) ? PushVerdict.Hole : PushVerdict.Gap;
            }
        }
        else if (range.NextOffset <= Expected && (IsTailCompared || range.NextOffset < Expected))
        {
            return PushVerdict.Drop;
        }

        IsTailCompared = true;
        Expected = Math.Max(Expected, range.NextOffset);
        return PushVerdict.Append;
    }

    /// <summary>The broker has appended.</summary>
    public void Appended(long logStart, long logEnd)
    {
        CopyStart = logStart;
        CopyEnd = logEnd;
        Expected = Math.Max(Expected, logEnd);
        Failures = 0;
        IsProofDue = false;
        _newestTimestamp = AppendingTimestamp;
        _marks.Reached(logEnd);
    }

    /// <summary>The source said where it stands.</summary>
    public void Observe(long committedEnd, long logStart, long sourceMs)
    {
        if (_isFirstObservation)
        {
            _isFirstObservation = false;
            _backlogEnd = committedEnd;
        }

        if (Phase == CopyPhase.Following)
        {
            StalledSince = null;
        }

        SourceEnd = committedEnd;
        SourceStart = Math.Max(SourceStart, logStart);
        _marks.Reached(SourceStart);
        if (committedEnd > EffectiveEnd)
        {
            _marks.Add(committedEnd, sourceMs);
        }
    }

    /// <summary>Age of the oldest record that is missing, by the source's clock; 0 when none is; -1 unknown.</summary>
    public long LagMs(long sourceNowMs)
    {
        if (SourceEnd < 0 || CopyEnd < 0)
        {
            return -1;
        }

        if (_marks.OldestMs is not { } seen || EffectiveEnd >= SourceEnd)
        {
            return 0;
        }

        var lag = Math.Max(1, sourceNowMs - seen);
        return CopyEnd < _backlogEnd && _newestTimestamp > 0 ? Math.Max(lag, sourceNowMs - _newestTimestamp) : lag;
    }

    /// <summary>Empties <see cref="Waiting"/>, the first first.</summary>
    public IEnumerable<BatchPayload> TakeWaiting()
    {
        while (Waiting.TryDequeue(out var payload))
        {
            yield return payload;
        }
    }
}

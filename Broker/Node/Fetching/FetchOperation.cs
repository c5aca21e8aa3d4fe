using Broker.Core.Fetching;
using Broker.Node.Apis;
using Broker.Node.Waiting;
using Kernel;
using Protocol.Transport;
using Protocol.Wire;

namespace Broker.Node.Fetching;

/// <summary>
/// One fetch: finds or opens its session, looks whether there is enough to answer, and else waits for it. Whoever makes a partition readable
/// only counts (<see cref="OnReadable"/>, under the session's gate); the answer is read and written on a pool thread. One pooled object a
/// request, one entry of the timing wheel a wait.
/// </summary>
internal sealed class FetchOperation(FetchServices services, RequestPool<FetchOperation> pool) : AnswerSource
{
    private const sbyte ReadCommitted = 1;

    private readonly FetchRequestParts _request = new();
    private readonly WatchedSession _own = new(reusesPartitions: true);
    private readonly List<WatchedPartition> _answered = [];
    private RequestContext _context = null!;
    private WatchedSession _session = null!;
    private CancellationTokenRegistration _closed;
    private State _state;
    private bool _isFull;
    private bool _opensSession;
    private long _counted;
    private Answer _answer;
    private Exception? _fault;

    private enum State
    {
        Preparing,
        Waiting,

        /// <summary>Enough to answer: it is on its way to a pool thread, or about to be.</summary>
        Woken,
        Finished,
    }

    private short Version => _context.Version;

    private int MinBytes => Math.Min(_request.MinBytes, Math.Min(_request.MaxBytes, Limits.MaxFetchBytes));

    /// <summary>Takes the request over, frame included.</summary>
    public ValueTask<Answer> Run(RequestContext context)
    {
        Begin();
        _context = context;
        _state = State.Preparing;
        try
        {
            _request.Read(context.Body, context.Version);
        }
        catch
        {
            Release();
            throw;
        }
        finally
        {
            // Nothing of the frame is needed for a wait.
            context.Frame.Dispose();
        }

        if (_request.IsolationLevel is < 0 or > ReadCommitted)
        {
            return AnswerNow(RefuseIsolation());
        }

        return _request.SessionEpoch is 0 or -1 ? RunFull() : RunIncremental();
    }

    /// <summary>A watched partition became readable: counts it, and goes on watching while there is not enough. Under the session's gate.</summary>
    public void OnReadable(WatchedPartition partition)
    {
        if (_state != State.Waiting)
        {
            return;
        }

        var bytes = PartitionFetch.Survey(partition, MinBytes > 1);
        _counted += bytes - partition.CountedBytes;
        partition.CountedBytes = bytes;
        if (bytes < 0 || _counted >= MinBytes)
        {
            FinishSoon();
        }
        else
        {
            WatchedSession.Watch(partition);
        }
    }

    /// <summary>Ends the wait with what there is. Under the session's gate.</summary>
    public void FinishSoon()
    {
        if (_state == State.Waiting)
        {
            _state = State.Woken;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    public override void Execute()
    {
        lock (_session.Gate)
        {
            if (_state == State.Woken)
            {
                Finish();
            }
        }

        StopTimer();
        _closed.Dispose();
        if (_fault is null)
        {
            Deliver(_answer);
        }
        else
        {
            Fail(_fault);
        }
    }

    protected override void OnTimeout() => EndWait();

    protected override void Recycle()
    {
        _request.Clear();
        _own.Clear();
        _answered.Clear();
        if (_answered.Capacity > Limits.MaxPooledRequestEntries)
        {
            _answered.Capacity = 0;
        }

        _context = null!;
        _session = null!;
        _closed = default;
        _answer = default;
        _fault = null;
        pool.Return(this);
    }

    private ValueTask<Answer> AnswerNow(Answer answer) => AnswerNow(new ValueTask<Answer>(answer));

    private ValueTask<Answer> AnswerNow(ValueTask<Answer> answer)
    {
        Release();
        return answer;
    }

    private ValueTask<Answer> RunFull()
    {
        if (_request.SessionId != 0)
        {
            services.Sessions.Remove(_request.SessionId)?.Close();
        }

        _isFull = true;
        _opensSession = _request.SessionEpoch == 0 && services.Sessions.HasRoom(_request.Parts.Length);
        _session = _opensSession ? new WatchedSession(reusesPartitions: false) : _own;
        lock (_session.Gate)
        {
            _session.UsesTopicIds = Version >= 13;
            TakeParts();
            return SurveyAndAnswer();
        }
    }

    private ValueTask<Answer> RunIncremental()
    {
        if (services.Sessions.Find(_request.SessionId) is not { } session)
        {
            return Refuse(ErrorCode.FetchSessionIdNotFound);
        }

        var empty = false;
        lock (session.Gate)
        {
            if (session.IsClosed)
            {
                return Refuse(ErrorCode.FetchSessionIdNotFound);
            }

            if (session.UsesTopicIds != Version >= 13)
            {
                return Refuse(ErrorCode.FetchSessionTopicIdError);
            }

            if (!session.Advance(_request.SessionEpoch))
            {
                return Refuse(ErrorCode.InvalidFetchSessionEpoch);
            }

            // A client that does not wait for its answer gets it now: the session's state moves on.
            session.Waiting?.FinishHere();
            _session = session;
            _isFull = false;
            _opensSession = false;
            TakeParts();
            foreach (ref readonly var forgotten in _request.Forgotten)
            {
                session.Forget(forgotten);
            }

            empty = session.Count == 0;
            if (!empty && services.Sessions.Use(session))
            {
                LookAtSomeResting();
                return SurveyAndAnswer();
            }
        }

        // Nothing left in it, as in Kafka; or too much, so that the client has to begin anew.
        services.Sessions.Remove(session);
        session.Close();
        return Refuse(empty ? ErrorCode.None : ErrorCode.FetchSessionIdNotFound);
    }

    private ValueTask<Answer> Refuse(ErrorCode error)
    {
        return AnswerNow(new Answer(FetchAnswer.Write(Version, _context.Header.CorrelationId, error, 0, _answered, false, services.NodeId)));
    }

    /// <summary>As Kafka words it: by name, each partition has the error; by id, none is listed.</summary>
    private Answer RefuseIsolation()
    {
        if (Version < 13)
        {
            foreach (ref readonly var part in _request.Parts)
            {
                var partition = _own.Put(part.Key);
                partition.Error = ErrorCode.UnknownServerError;
                partition.HighWatermark = partition.LogStartOffset = -1;
                partition.Records = Protocol.Wire.Codec.WireRecords.Empty;
                _answered.Add(partition);
            }
        }

        var frame = FetchAnswer.Write(Version, _context.Header.CorrelationId, ErrorCode.UnknownServerError, _request.SessionId, _answered, false, services.NodeId);
        return new(frame);
    }

    private void TakeParts()
    {
        foreach (ref readonly var part in _request.Parts)
        {
            var partition = _session.Put(part.Key);
            partition.FetchOffset = part.FetchOffset;
            partition.MaxBytes = part.MaxBytes;
            partition.CurrentLeaderEpoch = part.CurrentLeaderEpoch;
            partition.LastFetchedEpoch = part.LastFetchedEpoch;
        }
    }

    /// <summary>Nobody tells the watch that a log start moved: a few partitions at rest are asked each time.</summary>
    private void LookAtSomeResting()
    {
        for (var left = Math.Min(Limits.MaxRestingPartitionsPerFetch, _session.Count - _session.DueCount); left > 0; left--)
        {
            var partition = _session.NextResting()!;
            if (partition.Found is not { IsDeleted: false } found || found.LogStartOffset != partition.SentLogStartOffset)
            {
                _session.MarkDue(partition);
            }
        }
    }

    private ValueTask<Answer> SurveyAndAnswer()
    {
        var waits = _request.MaxWaitMs > 0 && MinBytes > 0 && _session.Count > 0 && _request.ReplicaId < 0 && !_session.IsClosed;
        _counted = 0;
        for (var partition = _session.FirstDue; partition is not null; partition = WatchedSession.DueAfter(partition))
        {
            PartitionFetch.Resolve(partition, services.Partitions);
            if (waits)
            {
                var bytes = PartitionFetch.Survey(partition, MinBytes > 1);
                partition.CountedBytes = bytes;
                _counted += bytes;
                waits = bytes >= 0 && _counted < MinBytes;
            }
        }

        if (waits)
        {
            Wait();
            return Later();
        }

        Finish();
        return _fault is null ? AnswerNow(_answer) : AnswerNow(ValueTask.FromException<Answer>(_fault));
    }

    /// <summary>Watches the partitions that are due, starts the timer, and notices when the connection goes away.</summary>
    private void Wait()
    {
        _state = State.Waiting;
        _session.Waiting = this;
        var last = _session.LastDue;
        for (var partition = _session.FirstDue; partition is not null && _state == State.Waiting; partition = partition == last ? null : WatchedSession.DueAfter(partition))
        {
            WatchedSession.Watch(partition);
        }

        if (_state == State.Waiting)
        {
            StartTimer(services.Wheel, TimeSpan.FromMilliseconds(_request.MaxWaitMs));
            _closed = _context.Closed.UnsafeRegister(static operation => ((FetchOperation)operation!).EndWait(), this);
        }

        // If a watch woke it within the call, it is on its way to a pool thread and answers there.
    }

    private void EndWait()
    {
        lock (_session.Gate)
        {
            FinishSoon();
        }
    }

    /// <summary>Ends the wait within the call, because a later request of the session is about to change it. The answer leaves from a pool thread.</summary>
    private void FinishHere()
    {
        FinishSoon();
        if (_state == State.Woken)
        {
            Finish();
        }
    }

    /// <summary>Reads what is due, writes the answer, and leaves the session as the next request needs it. Under the gate, once.</summary>
    private void Finish()
    {
        _state = State.Finished;
        if (_session.Waiting == this)
        {
            _session.Waiting = null;
        }

        try
        {
            _answer = _context.Closed.IsCancellationRequested ? Answer.Close : Encode();
        }
        catch (Exception e)
        {
            // The connection ends with it; what was read is given back.
            _fault = e;
            foreach (var partition in _answered)
            {
                partition.Records.External?.Dispose();
            }
        }

        foreach (var partition in _answered)
        {
            partition.Records = default;
        }

        if ((_isFull && !_opensSession) || _session.IsClosed)
        {
            _session.UnwatchAll();
        }
    }

    private Answer Encode()
    {
        ReadDue();
        if (_opensSession && !services.Sessions.TryOpen(_session))
        {
            _opensSession = false;
        }

        var sessionId = _isFull && !_opensSession ? 0 : _session.Id;
        var readCommitted = _request.IsolationLevel == ReadCommitted;
        return new(FetchAnswer.Write(Version, _context.Header.CorrelationId, ErrorCode.None, sessionId, _answered, readCommitted, services.NodeId));
    }

    private void ReadDue()
    {
        var budget = new FetchBudget(_request.MaxBytes);
        var last = _session.LastDue;
        for (var partition = _session.FirstDue; partition is not null;)
        {
            var next = partition == last ? null : WatchedSession.DueAfter(partition);
            PartitionFetch.Read(partition, ref budget, Version, _request.ReplicaId >= 0);
            var finding = new FetchFinding(
                partition.Error, partition.HighWatermark, partition.LogStartOffset, partition.Records.LengthBytes, partition.Diverging.Epoch >= 0);
            if (_session.Settle(partition, finding, _isFull))
            {
                _answered.Add(partition);
            }

            if (!partition.IsDue && (!_isFull || _opensSession))
            {
                partition.SeenHighWatermark = partition.HighWatermark;
                partition.CountedBytes = 0;
                WatchedSession.Watch(partition);
            }

            partition = next;
        }

        ListMissingLast();
    }

    /// <summary>Kafka lists what it read first, then unknown topic ids, then unknown partitions.</summary>
    private void ListMissingLast()
    {
        if (!_answered.Exists(static partition => partition.Found is null))
        {
            return;
        }

        var missing = _answered.FindAll(static partition => partition.Found is null);
        _answered.RemoveAll(static partition => partition.Found is null);
        _answered.AddRange(missing.FindAll(static partition => partition.Missing == ErrorCode.UnknownTopicId));
        _answered.AddRange(missing.FindAll(static partition => partition.Missing != ErrorCode.UnknownTopicId));
    }
}

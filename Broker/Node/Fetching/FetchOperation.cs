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
internal sealed partial class FetchOperation(FetchServices services, RequestPool<FetchOperation> pool) : AnswerSource
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

    private int MinBytes => Math.Min(_request.MinBytes, Math.Min(_request.MaxBytes, services.MaxBytes));

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
        _opensSession = _request.SessionEpoch == 0 && !_request.HasEndlessName && services.Sessions.HasRoom(_request.Parts.Length);
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
        if (_request.HasEndlessName || services.Sessions.Find(_request.SessionId) is not { } session)
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

        return new(FetchAnswer.Write(
            Version, _context.Header.CorrelationId, ErrorCode.UnknownServerError, _request.SessionId, _answered, false, services.NodeId));
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
}

using Broker.Core.Fetching;
using Kernel;
using Protocol.Transport;
using Protocol.Wire;

namespace Broker.Node.Fetching;

/// <summary>How a fetch waits, and how it is answered.</summary>
internal sealed partial class FetchOperation
{
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
        for (var partition = _session.FirstDue; partition is not null && _state == State.Waiting;)
        {
            // It may call at once; that changes what is counted, not what is due.
            WatchedSession.Watch(partition);
            partition = partition == last ? null : WatchedSession.DueAfter(partition);
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
        var budget = new FetchBudget(_request.MaxBytes, services.MaxBytes);
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

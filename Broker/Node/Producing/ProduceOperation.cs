using Broker.Core.Append;
using Broker.Core.Metadata;
using Broker.Node.Apis;
using Broker.Node.Partitions;
using Broker.Node.Waiting;
using Kernel;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Records;

namespace Broker.Node.Producing;

/// <summary>
/// One produce request: appends its batches in the order of the request before <see cref="Run"/> returns, so in the order of the connection,
/// and answers at once or, with acks=all, when the last batch is committed or the time is over. One pooled object a request; no task and no
/// timer of its own a partition.
/// </summary>
internal sealed class ProduceOperation(PartitionTable partitions, TimingWheel wheel, RequestPool<ProduceOperation> pool) : AnswerSource, ICommitWaiter
{
    private const short AcksAll = -1;

    private readonly ProduceRequestParts _request = new();
    private short _version;
    private int _correlationId;
    private int _commitsLeft;
    private int _decided;

    /// <summary>Takes the request over, frame included.</summary>
    public ValueTask<Answer> Run(RequestContext context)
    {
        Begin();
        _version = context.Version;
        _correlationId = context.Header.CorrelationId;
        _decided = 0;
        _commitsLeft = 1;
        try
        {
            _request.Read(context.Body, _version);
            if (Exists(static (in part) => part.IsNull))
            {
                // Kafka never answers such a request, and stores nothing of it; with acks=0 any failure closes.
                return AnswerNow(_request.Acks == 0 ? Answer.Close : Answer.None);
            }

            AppendAll();
        }
        catch
        {
            // Commits of what was appended may still call: the object is left to the collector rather than used again.
            if (Volatile.Read(ref _commitsLeft) == 1)
            {
                Release();
            }

            throw;
        }
        finally
        {
            // The batches were written: what is left of the request are its answers.
            context.Frame.Dispose();
        }

        if (_request.Acks == 0)
        {
            return AnswerNow(Exists(static (in part) => part.Error != ErrorCode.None) ? Answer.Close : Answer.None);
        }

        return AnswerWhenCommitted();
    }

    /// <inheritdoc/>
    public void OnCommitted(int tag, ErrorCode error)
    {
        ref var part = ref _request.Part(tag);
        part.CommitError = error;
        part.IsWaiting = false;
        if (Interlocked.Decrement(ref _commitsLeft) == 0 && TryDecide())
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        Release();
    }

    public override void Execute()
    {
        StopTimer();
        Answer answer;
        try
        {
            answer = new Answer(Encode());
        }
        catch (Exception e)
        {
            Fail(e);
            return;
        }

        Deliver(answer);
    }

    protected override void OnTimeout()
    {
        if (TryDecide())
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    protected override void Recycle()
    {
        _request.Clear();
        pool.Return(this);
    }

    private ValueTask<Answer> AnswerNow(Answer answer)
    {
        Release();
        return new(answer);
    }

    private ValueTask<Answer> AnswerWhenCommitted()
    {
        if (Volatile.Read(ref _commitsLeft) > 1)
        {
            StartTimer(wheel, TimeSpan.FromMilliseconds(Math.Max(_request.TimeoutMs, Limits.MinProduceTimeoutMs)));
        }

        // The request itself counts as one, so that no commit completes it while it is still appending.
        if (Interlocked.Decrement(ref _commitsLeft) == 0 && TryDecide())
        {
            StopTimer();
            return AnswerNow(new Answer(Encode()));
        }

        return Later();
    }

    private bool TryDecide() => Interlocked.Exchange(ref _decided, 1) == 0;

    private FrameWriter Encode()
    {
        foreach (ref var part in _request.Parts)
        {
            if (part.IsWaiting)
            {
                // It may become committed yet; the client will retry, and find out that it is a duplicate if it is idempotent.
                part.Error = ErrorCode.RequestTimedOut;
            }
            else if (part.CommitError != ErrorCode.None)
            {
                part.Refuse(part.CommitError);
            }
        }

        return ProduceAnswer.Write(_request, _version, _correlationId);
    }

    private void AppendAll()
    {
        if (_request.TransactionalId is null && Exists(static (in part) => IsTransactional(part.Records.Span)))
        {
            foreach (ref var part in _request.Parts)
            {
                part.Error = ErrorCode.TransactionalIdAuthorizationFailed;
            }

            return;
        }

        var topicAt = -1;
        Topic? topic = null;
        for (var i = 0; i < _request.PartCount; i++)
        {
            ref var part = ref _request.Part(i);
            if (part.TopicAt != topicAt)
            {
                topicAt = part.TopicAt;
                topic = Find(_request.Topics[topicAt]);
            }

            if (RefusalOf(part, topic) is var refusal and not ErrorCode.None)
            {
                part.Error = refusal;
            }
            else
            {
                Append(ref part, i, topic!.Find(part.Index)!);
            }
        }
    }

    private void Append(ref ProducePart part, int tag, Partition partition)
    {
        var waits = _request.Acks == AcksAll;
        if (waits)
        {
            part.IsWaiting = true;
            Interlocked.Increment(ref _commitsLeft);
            Hold();
        }

        var outcome = partition.Append(part.Records, _version, waits ? this : null, tag);
        if (outcome.Error == ErrorCode.None)
        {
            part.BaseOffset = outcome.BaseOffset;
            part.LogAppendTimeMs = outcome.LogAppendTimeMs;
            part.LogStartOffset = outcome.LogStartOffset;
            return;
        }

        if (waits)
        {
            part.IsWaiting = false;
            Interlocked.Decrement(ref _commitsLeft);
            Release();
        }

        var form = RefusalForm.Of(outcome.Error, part.Records.Span, outcome.RecordErrors is { Count: > 0 });
        part.Error = outcome.Error;
        part.LogStartOffset = form.HasLogStartOffset ? partition.LogStartOffset : -1;
        part.ErrorMessage = form.HasMessage ? outcome.ErrorMessage : null;
        part.RecordErrors = outcome.RecordErrors;
    }

    /// <summary>What is refused without a look at the batch, in Kafka's order.</summary>
    private ErrorCode RefusalOf(in ProducePart part, Topic? topic)
    {
        if (_version < 13 && TopicNames.IsInternal(_request.Topics[part.TopicAt].Name!))
        {
            return ErrorCode.InvalidTopicException;
        }

        if (topic?.Find(part.Index) is null)
        {
            return topic is null && _version >= 13 ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition;
        }

        if (_request.Acks is < AcksAll or > 1)
        {
            return ErrorCode.InvalidRequiredAcks;
        }

        if (topic.IsInternal)
        {
            return ErrorCode.InvalidTopicException;
        }

        // There are no transactions yet, so no transactional id is known.
        return _request.TransactionalId is not null && IsTransactional(part.Records.Span) ? ErrorCode.InvalidProducerIdMapping : ErrorCode.None;
    }

    private Topic? Find(ProduceTopic topic) => topic.Name is { } name ? partitions.FindTopic(name) : partitions.FindTopic(topic.Id);

    private static bool IsTransactional(ReadOnlySpan<byte> records)
    {
        if (records.Length < RecordBatchHeader.SizeBytes)
        {
            return false;
        }

        var header = new RecordBatchHeader(records);
        return header.Magic == RecordBatchHeader.CurrentMagic && header.IsTransactional;
    }

    private delegate bool PartTest(in ProducePart part);

    private bool Exists(PartTest test)
    {
        foreach (ref readonly var part in _request.Parts)
        {
            if (test(part))
            {
                return true;
            }
        }

        return false;
    }
}

using System.Threading.Tasks.Sources;

namespace Protocol.Transport.Connections;

/// <summary>
/// A request on its way and whoever awaits its answer. It is the source of the awaited task and is used again: once the result has been taken and
/// the connection has let go of it.
/// </summary>
internal sealed class PendingCall(ClientConnection connection) : Outgoing, IValueTaskSource<ReceivedFrame>
{
    private ManualResetValueTaskSourceCore<ReceivedFrame> _source;
    private int _holders;

    // Even while the call waits, odd once it has its result; the next even number is the next use. A one-way call never has a result.
    private int _use = 1;

    public int CorrelationId { get; private set; }

    /// <summary>No answer comes: the call ends when its frame has been sent.</summary>
    public bool IsOneWay { get; private set; }

    /// <summary>Whether the frame has been handed to the kernel.</summary>
    public bool IsSent { get; set; }

    /// <summary>The present use, for <see cref="Fail"/>: who comes late must not fail the next one.</summary>
    public int Use => _use;

    /// <summary>The task of the present use.</summary>
    public ValueTask<ReceivedFrame> Task => new(this, _source.Version);

    /// <summary>Begins a use.</summary>
    /// <param name="isInline">Whether what awaits the answer runs on the loop's thread.</param>
    public void Begin(Wire.Codec.FrameWriter frame, int correlationId, bool isOneWay, bool isInline)
    {
        Frame = frame;
        CorrelationId = correlationId;
        IsOneWay = isOneWay;
        IsSent = false;
        _use = (_use | 1) + 1;
        _holders = isOneWay ? 1 : 2;
        _source.RunContinuationsAsynchronously = !isInline;
    }

    /// <summary>Gives the answer to whoever awaits it, or disposes it when nobody does any more.</summary>
    public void Complete(ReceivedFrame answer)
    {
        if (TryEnd(_use))
        {
            _source.SetResult(answer);
        }
        else
        {
            answer.Dispose();
        }
    }

    /// <summary>Ends the wait. The answer, if it still comes, is dropped.</summary>
    public void Fail(int use, Exception failure)
    {
        if (TryEnd(use))
        {
            _source.SetException(failure);
        }
    }

    public ReceivedFrame GetResult(short token)
    {
        try
        {
            return _source.GetResult(token);
        }
        finally
        {
            LetGo();
        }
    }

    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    /// <summary>One of the two that hold it, the connection and the awaiter, needs it no more.</summary>
    public void LetGo()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            _source.Reset();
            connection.Recycle(this);
        }
    }

    private bool TryEnd(int use) => (use & 1) == 0 && Interlocked.CompareExchange(ref _use, use + 1, use) == use;
}

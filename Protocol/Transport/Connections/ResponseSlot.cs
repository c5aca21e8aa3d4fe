using System.Runtime.CompilerServices;
using Protocol.Transport.Loops;

namespace Protocol.Transport.Connections;

/// <summary>
/// The place of one request in the order of its connection's answers. Taken from the loop when the request arrives, given back when the answer
/// has left. Its task may be completed by any thread; the slot then finds its way back to the loop.
/// </summary>
internal sealed class ResponseSlot : Outgoing
{
    /// <summary>Slots that a loop keeps for reuse; the rest is garbage.</summary>
    private const int MaxFree = 4096;

    private readonly EventLoop _loop;
    private readonly Action _onCompleted;
    private ServerConnection? _connection;
    private ConfiguredValueTaskAwaitable<Answer>.ConfiguredValueTaskAwaiter _awaiter;

    private ResponseSlot(EventLoop loop)
    {
        _loop = loop;
        _onCompleted = OnCompleted;
    }

    /// <summary>The slot of the next request of the connection, while both are under way.</summary>
    public ResponseSlot? Later { get; set; }

    /// <summary>What the request weighs against the connection's limit.</summary>
    public int RequestBytes { get; private set; }

    /// <summary>What the answer holds in memory until it is sent.</summary>
    public int AnswerBytes { get; private set; }

    /// <summary>Whether the answer is there. It leaves when those before it have left.</summary>
    public bool IsAnswered { get; private set; }

    public bool CloseAfter { get; private set; }

    public TimeSpan Mute { get; private set; }

    public static ResponseSlot Take(ServerConnection connection, int requestBytes)
    {
        var slot = connection.Loop.FreeSlots.TryPop(out var free) ? free : new ResponseSlot(connection.Loop);
        slot._connection = connection;
        slot.RequestBytes = requestBytes;
        return slot;
    }

    /// <summary>Gives the slot back, once its answer was sent or dropped and its task is completed.</summary>
    public void Release()
    {
        _connection = null;
        _awaiter = default;
        IsAnswered = CloseAfter = false;
        Mute = default;
        AnswerBytes = 0;
        Frame = null;
        Later = null;
        if (_loop.FreeSlots.Count < MaxFree)
        {
            _loop.FreeSlots.Push(this);
        }
    }

    /// <summary>Takes the answer when it is there; otherwise the connection is told once it is, and the result is false. Throws what the handler threw.</summary>
    public bool Follow(ValueTask<Answer> task)
    {
        if (task.IsCompleted)
        {
            Take(task.GetAwaiter().GetResult());
            return true;
        }

        _awaiter = task.ConfigureAwait(false).GetAwaiter();
        _awaiter.UnsafeOnCompleted(_onCompleted);
        return false;
    }

    /// <summary>Work of the loop: the task was completed by another thread.</summary>
    public override void Run()
    {
        Exception? failure = null;
        try
        {
            Take(_awaiter.GetResult());
        }
        catch (Exception e)
        {
            failure = e;
        }

        _connection!.OnAnswered(this, failure);
    }

    private void Take(Answer answer)
    {
        Frame = answer.Frame;
        AnswerBytes = answer.Frame?.MemoryBytes ?? 0;
        CloseAfter = answer.CloseAfter;
        Mute = answer.Mute;
        IsAnswered = true;
    }

    private void OnCompleted()
    {
        if (_loop.IsCurrent)
        {
            Run();
        }
        else
        {
            _loop.Post(this);
        }
    }
}

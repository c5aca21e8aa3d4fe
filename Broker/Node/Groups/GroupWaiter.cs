using System.Threading.Tasks.Sources;
using Broker.Core.Groups;

namespace Broker.Node.Groups;

/// <summary>One request that waits for the shard's answer. Awaited once; no thread waits with it.</summary>
internal sealed class GroupWaiter : IValueTaskSource<GroupReply>
{
    // The shard completes it while it owns its state; what follows the answer must not run in there.
    private ManualResetValueTaskSourceCore<GroupReply> _core = new() { RunContinuationsAsynchronously = true };

    public ValueTask<GroupReply> Task => new(this, _core.Version);

    public void Complete(GroupReply reply) => _core.SetResult(reply);

    public GroupReply GetResult(short token) => _core.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _core.OnCompleted(continuation, state, token, flags);
}

using Federation.Control.Topics;
using Hosting;
using Protocol.Wire;
using Protocol.Wire.Messages;
using Tests.Unit.Gateway;

namespace Tests.Unit.Control;

public class ClusterAdminTests
{
    [Fact]
    public async Task A_silent_cluster_is_given_up_and_the_next_call_goes_through()
    {
        var silent = new Guid("11111111-2222-3333-4444-555555555555");
        await using var broker = new FakeBroker();
        broker.Answer = r => new(((DeleteTopicsRequest)r.Message).Topics[0].TopicId == silent ? null : new DeleteTopicsResponse { Responses = [new() { Name = "demo.b" }] });
        var time = new HeldTimers();
        await using var admin = new ClusterAdmin("127.0.0.1", broker.EndPoint.Port, new Clock(time));
        var first = admin.DeleteAsync(silent, CancellationToken.None);
        await Door.UntilAsync(() => broker.RequestsOf(ApiKey.DeleteTopics).Any());
        var second = admin.DeleteAsync(Guid.AllBitsSet, CancellationToken.None);
        time.FireAll();
        var refused = await Assert.ThrowsAsync<IOException>(() => first.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Contains("did not answer within 30 s", refused.Message, StringComparison.Ordinal);

        // The silence was the connection's: what waited behind the call goes over another one.
        Assert.Equal(ErrorCode.None, (await second.WaitAsync(TimeSpan.FromSeconds(60))).Error);
        Assert.Equal(2, broker.RequestsOf(ApiKey.DeleteTopics).Select(r => r.Connection).Distinct().Count());
    }
}

/// <summary>A clock whose timers all fire when a test says so.</summary>
internal sealed class HeldTimers : TimeProvider
{
    private readonly List<HeldTimer> _timers = [];
    private readonly Lock _gate = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new HeldTimer(callback, state);
        lock (_gate)
        {
            _timers.Add(timer);
        }

        return timer;
    }

    /// <summary>Fires what was made so far and not disposed, once.</summary>
    public void FireAll()
    {
        List<HeldTimer> due;
        lock (_gate)
        {
            due = [.. _timers];
            _timers.Clear();
        }

        due.ForEach(t => t.Fire());
    }

    private sealed class HeldTimer(TimerCallback callback, object? state) : ITimer
    {
        private volatile bool _isDisposed;

        public void Fire()
        {
            if (!_isDisposed)
            {
                callback(state);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() => _isDisposed = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}

using Federation.Core.Mirroring;
using Protocol.Wire;

namespace Tests.Unit.Mirroring;

// What the machine cannot know: whether a log is still the one it was, and what earlier streams saw.
public partial class SourceMachineTests
{
    /// <summary>Whatever comes back may have less than was pushed, and others in its place.</summary>
    [Theory]
    [InlineData("connection")]
    [InlineData("leader")]
    [InlineData("epoch")]
    public void After_its_log_may_be_another_a_partition_is_pushed_only_from_where_the_destination_resumes(string what)
    {
        Fetched(Reading(), Found(7, 12, hw: 12));
        var fetch = Take<SourceEffect.Fetch>();
        switch (what)
        {
            case "connection":
                Step(new SourceInput.FetchFailed(1, fetch.Attempt, IsSessionLost: false, "reset"));
                break;
            case "leader":
                Wait(_settings.ResolveInterval);
                Resolved(2, 1);
                break;
            default:
                Fetched(fetch, new FetchedPartition(Id, 0, ErrorCode.None, 15, 0, MirrorDriver.Payload(12, 15, leaderEpoch: 3)));
                Assert.Single(_effects.OfType<SourceEffect.Release>());
                break;
        }

        var asked = Assert.Single(_effects.OfType<SourceEffect.SendRefusal>());
        Assert.Equal((0, ErrorCode.NotLeaderOrFollower), (asked.Partition, asked.Error));
        _effects.Clear();
        Wait(_settings.MaxBackoff);
        Assert.DoesNotContain(_effects, e => e is SourceEffect.SendBatches or SourceEffect.Fetch { Set.IsEmpty: false });
        Resume(offset: 11, session: 2);
        Wait(_settings.MaxBackoff);
        var again = Take<SourceEffect.Fetch>();
        Assert.Equal([new FetchAt(Id, 0, 11)], again.Set);

        // Nothing was pushed since: what comes first is compared, however often the broker goes meanwhile.
        Step(new SourceInput.FetchFailed(again.Broker, again.Attempt, IsSessionLost: false, "reset"));
        Assert.DoesNotContain(_effects, e => e is SourceEffect.SendRefusal);
    }

    /// <summary>What was committed while there was no stream is no younger than the last that the earlier one knew of the copy.</summary>
    [Theory]
    [InlineData(7, 15, 8000)]
    [InlineData(12, 15, 3000)]
    [InlineData(12, 12, 0)]
    public void A_new_stream_knows_since_when_a_copy_is_behind(long acked, long end, long lagMs)
    {
        Fetched(Reading(), Found(7, 12, hw: 12));
        Step(new SourceInput.EndsAcked([new AckedEnd(1, 0, 7)]));
        Wait(TimeSpan.FromSeconds(5));
        Step(new SourceInput.EndsAcked([new AckedEnd(1, 0, acked)]));
        var progress = _source.Progress(Now);
        _time += TimeSpan.FromSeconds(3);
        _source = New();
        Step(new SourceInput.EarlierStream(progress));
        Follow();
        Resume(offset: acked - 1);
        Step(new SourceInput.CreditsGranted(5000));
        Fetched(Take<SourceEffect.Fetch>(), new FetchedPartition(Id, 0, ErrorCode.None, end, 0, null));
        Assert.Equal((lagMs, end - acked), (_source.Status(Now)[0].LagMs, _source.Status(Now)[0].LagRecords));

        // A stream that ends before it has seen anything takes nothing away.
        var next = New();
        next.Step(new SourceInput.EarlierStream(progress), Now, _outbox);
        _outbox.Clear();
        Assert.Equal(progress, next.Progress(Now));
    }
}

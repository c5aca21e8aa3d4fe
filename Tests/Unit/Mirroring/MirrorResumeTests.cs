using Federation.Core.Mirroring;
using Protocol.Wire;

namespace Tests.Unit.Mirroring;

/// <summary>When a copy that does not follow is opened again.</summary>
public class MirrorResumeTests
{
    private readonly MirrorDriver _mirror = new();

    [Fact]
    public void A_source_whose_log_may_be_another_is_compared_at_once_and_without_a_word()
    {
        _mirror.Follow().Push(0, 5).Appended(5).Beat(5).Push(5, 7).Push(7, 9).Effects.Clear();
        var append = _mirror.Attempt;
        _mirror.Step(new MirrorInput.SourceRefused(_mirror.Stream, _mirror.Handle, 0, ErrorCode.NotLeaderOrFollower, "another leader"));
        Assert.Single(_mirror.Effects.OfType<MirrorEffect.Release>());
        Assert.Single(_mirror.Effects.OfType<MirrorEffect.OpenCopy>());
        var open = _mirror.Attempt;
        _mirror.Step(new MirrorInput.AppendDone("demo.orders", 0, append, ErrorCode.None, null, 0, 7));
        _mirror.Step(new MirrorInput.CopyOpened("demo.orders", open, ErrorCode.None, null, [new CopyEnd(0, 0, 7)]));
        Assert.Equal(6, Assert.Single(Assert.Single(_mirror.Effects.OfType<MirrorEffect.SendResume>()).Positions).Offset);

        // The batch at the copy's end goes to the broker again, which has the bytes to compare it with.
        _mirror.Effects.Clear();
        Assert.Single(_mirror.Push(5, 7, from: 6).Effects.OfType<MirrorEffect.Append>());
        Assert.DoesNotContain(_mirror.Effects, e => e is MirrorEffect.Log);
        Assert.Null(_mirror.Status().Error);
    }

    /// <summary>The topic is asked for again before the failed partition's turn comes, and its other partition goes on.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_failed_partition_is_looked_at_again_although_its_topic_or_stream_failed_meanwhile(bool isStreamLost)
    {
        _mirror.Follow(partitions: 2).Push(0, 5).Appended(0, ErrorCode.KafkaStorageError);
        _mirror.Push(0, 5, partition: 1).Appended(0, ErrorCode.CorruptMessage, partition: 1);
        if (isStreamLost)
        {
            _mirror.Step(new MirrorInput.StreamLost(_mirror.Stream, "restarted")).Wait(_mirror.Settings.MaxBackoff);
            _mirror.Step(new MirrorInput.StreamOpened(_mirror.Stream)).Wait(_mirror.Settings.AckInterval);
        }
        else
        {
            _mirror.Step(new MirrorInput.SourceRefused(_mirror.Stream, _mirror.Handle, -1, ErrorCode.UnknownTopicOrPartition, "not now"));
            _mirror.Wait(TimeSpan.FromSeconds(1));
        }

        _mirror.Describe(2).Opened(partitions: 2);
        AssertOpenedAgain(_mirror.Settings.FailedRetry);
    }

    private void AssertOpenedAgain(TimeSpan within)
    {
        _mirror.Effects.Clear();
        for (var waited = TimeSpan.Zero; waited <= within; waited += TimeSpan.FromSeconds(1))
        {
            _mirror.Beat(0).Wait(TimeSpan.FromSeconds(1));
        }

        Assert.Single(_mirror.Effects.OfType<MirrorEffect.OpenCopy>());
    }
}

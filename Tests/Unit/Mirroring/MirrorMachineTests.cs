using Federation.Core.Mirroring;
using Protocol.Wire;

namespace Tests.Unit.Mirroring;

public class MirrorMachineTests
{
    private readonly MirrorDriver _mirror = new();

    [Fact]
    public void Nothing_to_copy_needs_no_stream()
    {
        _mirror.Declare(home: "ap").Declare(mirror: "ap").Declare(home: "us", mirror: "eu");
        Assert.Empty(_mirror.Effects);
        Assert.Null(_mirror.Machine.Deadline);
    }

    [Fact]
    public void A_topic_is_asked_for_opened_and_resumed_at_the_copys_end()
    {
        _mirror.Follow(copyEnd: 0);
        Assert.Collection(
            _mirror.Effects,
            e => Assert.IsType<MirrorEffect.OpenStream>(e),
            e => Assert.Equal(_mirror.Settings.WindowBytes, Assert.IsType<MirrorEffect.SendCredits>(e).Bytes),
            e => Assert.Equal(("demo.orders", 1L), (Assert.IsType<MirrorEffect.SendFollow>(e).Topic, ((MirrorEffect.SendFollow)e).FencingEpoch)),
            e => Assert.Equal(MirrorDriver.TopicId, Assert.IsType<MirrorEffect.OpenCopy>(e).TopicId),
            e => Assert.Equal([new ResumeAt(0, 0, 1)], Assert.IsType<MirrorEffect.SendResume>(e).Positions));
        Assert.True(_mirror.Machine.IsMirrored("demo.orders"));
        _mirror.Beat(end: 0);
        Assert.Equal(MirrorState.Following, _mirror.Status().State);
    }

    [Fact]
    public void A_copy_with_records_resumes_one_offset_earlier_and_the_last_batch_is_compared()
    {
        _mirror.Follow(copyEnd: 10);
        Assert.Equal([new ResumeAt(0, 9, 1)], Assert.Single(_mirror.Take<MirrorEffect.SendResume>()).Positions);
        Assert.Single(_mirror.Push(5, 10, from: 9).Take<MirrorEffect.Append>());
        _mirror.Appended(10);

        // Compared once; the same again is only a repetition.
        Assert.Single(_mirror.Push(5, 10, from: 9).Take<MirrorEffect.Release>());
    }

    [Fact]
    public void Pushes_that_come_during_an_append_go_together()
    {
        _mirror.Follow().Take<MirrorEffect>();
        Assert.Single(Assert.Single(_mirror.Push(0, 5).Take<MirrorEffect.Append>()).Payloads);
        Assert.Empty(_mirror.Push(5, 6).Push(6, 9).Take<MirrorEffect.Append>());
        Assert.Equal(2, Assert.Single(_mirror.Appended(5).Take<MirrorEffect.Append>()).Payloads.Length);
        Assert.Empty(_mirror.Appended(9).Take<MirrorEffect.Append>());
        Assert.Equal(9, _mirror.Status().CopyLogEnd);
    }

    [Fact]
    public void Durable_ends_and_credits_are_sent_together_after_a_while()
    {
        _mirror.Follow().Wait(_mirror.Settings.AckInterval).Push(0, 5).Appended(5).Push(5, 6).Appended(6).Effects.Clear();
        _mirror.Wait(_mirror.Settings.AckInterval);
        Assert.Equal(200, Assert.Single(_mirror.Effects.OfType<MirrorEffect.SendCredits>()).Bytes);
        Assert.Equal([new AckedEnd(_mirror.Handle, 0, 6)], Assert.Single(_mirror.Take<MirrorEffect.SendAck>()).Ends);
        _mirror.Wait(_mirror.Settings.HeartbeatInterval);
        Assert.Empty(_mirror.Effects);
    }

    [Fact]
    public void Every_pushed_byte_comes_back_as_credit_whatever_becomes_of_it()
    {
        _mirror.Follow(partitions: 2);
        long pushed = 0;
        void Push(long from, long to, int partition, uint? session = null)
        {
            _mirror.Push(from, to, partition: partition, session: session);
            pushed += 100;
        }

        Push(0, 5, partition: 0);
        Push(5, 9, partition: 0);
        Push(0, 3, partition: 1);
        Push(0, 3, partition: 1, session: 77);
        Push(3, 4, partition: 5);
        Push(30, 40, partition: 1);
        _mirror.Appended(-1, ErrorCode.NetworkException, partition: 1);
        _mirror.Remove();
        var credits = _mirror.Effects.OfType<MirrorEffect.SendCredits>().Sum(c => c.Bytes) - _mirror.Settings.WindowBytes;
        Assert.Contains(_mirror.Effects, e => e is MirrorEffect.CloseStream);
        Assert.True(credits <= pushed);

        // A new stream begins with a full window; nothing of the old one is added.
        _mirror.Effects.Clear();
        _mirror.Declare(partitions: 2).Step(new MirrorInput.StreamOpened(_mirror.Stream));
        Assert.Equal(_mirror.Settings.WindowBytes, _mirror.Effects.OfType<MirrorEffect.SendCredits>().Sum(c => c.Bytes));
    }

    [Fact]
    public void Credits_are_returned_when_a_topic_goes_while_others_stay()
    {
        _mirror.Follow().Push(0, 5).Push(5, 9);
        var handle = _mirror.Handle;
        _mirror.Effects.Clear();
        _mirror.Declare(epoch: 2);
        Assert.Equal(handle, Assert.Single(_mirror.Effects.OfType<MirrorEffect.SendUnfollow>()).Handle);
        Assert.NotEqual(handle, _mirror.Handle);
        Assert.Single(_mirror.Effects.OfType<MirrorEffect.Release>());
        _mirror.Wait(_mirror.Settings.AckInterval);
        Assert.Equal(200, _mirror.Effects.OfType<MirrorEffect.SendCredits>().Sum(c => c.Bytes));
    }

    [Fact]
    public void A_gap_is_asked_for_again_from_the_copys_end()
    {
        _mirror.Follow().Push(0, 5).Appended(5).Push(7, 9).Effects.Clear();
        Assert.Contains("5 was expected", _mirror.Status().Error, StringComparison.Ordinal);
        _mirror.Wait(_mirror.Settings.MinBackoff).Opened(copyEnd: 5);
        var resume = Assert.Single(Assert.Single(_mirror.Effects.OfType<MirrorEffect.SendResume>()).Positions);
        Assert.Equal((4, 2u), (resume.Offset, resume.Session));

        // What was on the way when it was asked again is not taken for an answer.
        _mirror.Effects.Clear();
        Assert.Single(_mirror.Push(5, 7, session: 1).Take<MirrorEffect.Release>());
        Assert.Single(_mirror.Push(0, 7, from: 4).Take<MirrorEffect.Append>());
    }

    [Fact]
    public void Records_that_retention_took_at_the_source_are_skipped()
    {
        _mirror.Follow(copyEnd: 10).Effects.Clear();
        var append = Assert.Single(_mirror.Push(48, 60, from: 50, logStart: 50).Take<MirrorEffect.Append>());
        Assert.Equal(50, append.SourceLogStart);
        _mirror.Appended(60, logStart: 50);
        Assert.Equal((60, MirrorState.Following), (_mirror.Status().CopyLogEnd, _mirror.Status().State));
    }

    [Fact]
    public void A_hole_that_retention_does_not_explain_stops_the_copy()
    {
        _mirror.Follow(copyEnd: 10).Push(5, 10, from: 9).Appended(10).Effects.Clear();
        _mirror.Push(15, 20, from: 10);
        Assert.Single(_mirror.Effects.OfType<MirrorEffect.SendPause>());
        Assert.Equal(MirrorState.Failed, _mirror.Status().State);
        Assert.Contains("from 10 to 14", _mirror.Status().Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_bytes_stop_the_copy_and_say_where()
    {
        _mirror.Follow(copyEnd: 10).Push(5, 10, from: 9).Appended(10, ErrorCode.CorruptMessage).Beat(10);
        var status = _mirror.Status();
        Assert.Equal(MirrorState.Failed, status.State);
        Assert.Contains("offset 9", status.Error, StringComparison.Ordinal);
        Assert.Equal(status.Error, _mirror.Machine.FailureOf("demo.orders"));
        Assert.False(_mirror.Machine.IsMirrored("demo.orders"));

        // Looked at again later, in case somebody has removed the copy.
        _mirror.Effects.Clear();
        for (var waited = TimeSpan.Zero; waited < _mirror.Settings.FailedRetry; waited += TimeSpan.FromSeconds(1))
        {
            _mirror.Wait(TimeSpan.FromSeconds(1)).Beat(10);
        }

        _mirror.Opened(copyEnd: 0).Beat(10);
        Assert.Equal(0, Assert.Single(_mirror.Take<MirrorEffect.SendResume>()).Positions[0].Offset);
    }

    [Fact]
    public void One_bad_partition_does_not_stop_the_others()
    {
        _mirror.Follow(partitions: 2).Push(0, 5, partition: 0).Appended(0, ErrorCode.CorruptMessage, partition: 0).Effects.Clear();
        Assert.Single(_mirror.Push(0, 5, partition: 1).Take<MirrorEffect.Append>());
        _mirror.Appended(5, partition: 1);
        Assert.Equal([MirrorState.Failed, MirrorState.Following], _mirror.Machine.Status(_mirror.Now).Select(s => s.State));
    }

    [Fact]
    public void A_topic_of_the_same_name_is_never_overwritten()
    {
        _mirror.Declare().Step(new MirrorInput.StreamOpened(_mirror.Stream)).Describe().Opened(error: ErrorCode.TopicAlreadyExists);
        Assert.Equal(MirrorState.Failed, _mirror.Status().State);
        Assert.Contains("not touched", _mirror.Status().Error, StringComparison.Ordinal);
        Assert.DoesNotContain(_mirror.Effects, e => e is MirrorEffect.Append or MirrorEffect.SendResume);
    }

    [Fact]
    public void Fenced_by_the_local_broker_waits_for_the_federation_to_say_otherwise()
    {
        _mirror.Follow().Push(0, 5).Appended(0, ErrorCode.FencedLeaderEpoch);
        Assert.Equal(MirrorState.Failed, _mirror.Status().State);
        _mirror.Effects.Clear();
        _mirror.Declare(epoch: 2);
        Assert.Equal(2, Assert.Single(_mirror.Take<MirrorEffect.SendFollow>()).FencingEpoch);
    }

    [Fact]
    public void What_the_source_refuses_is_asked_again_soon_because_its_image_may_be_older()
    {
        _mirror.Declare().Step(new MirrorInput.StreamOpened(_mirror.Stream));
        _mirror.Step(new MirrorInput.SourceRefused(_mirror.Stream, _mirror.Handle, -1, ErrorCode.FencedLeaderEpoch, "the epoch is 0 here"));
        Assert.Equal((MirrorState.Connecting, "the epoch is 0 here"), (_mirror.Status().State, _mirror.Status().Error));
        _mirror.Effects.Clear();
        Assert.Single(_mirror.Wait(_mirror.Settings.MinBackoff).Take<MirrorEffect.SendFollow>());
    }

    [Fact]
    public void A_new_topic_is_no_trouble_while_its_home_is_made_and_then_it_is()
    {
        MirrorInput Refusal(MirrorDriver by) => new MirrorInput.SourceRefused(by.Stream, by.Handle, -1, ErrorCode.UnknownTopicOrPartition, "no such topic");
        _mirror.Declare().Step(new MirrorInput.StreamOpened(_mirror.Stream));
        _mirror.Step(Refusal(_mirror)).Wait(_mirror.Settings.MinBackoff).Describe().Opened();
        Assert.Empty(_mirror.Take<MirrorEffect.Log>());

        var missing = new MirrorDriver();
        missing.Declare().Step(new MirrorInput.StreamOpened(missing.Stream));
        var told = new List<int>();
        for (var second = 0; second < 60; second++)
        {
            missing.Step(Refusal(missing));
            told.AddRange(missing.Take<MirrorEffect.Log>().Select(_ => second));
            missing.Wait(TimeSpan.FromSeconds(1)).Step(new MirrorInput.HeartbeatReceived(missing.Stream, missing.Now.WallMs, []));
        }

        Assert.InRange(Assert.Single(told), 5, 10);
        missing.Wait(missing.Settings.MaxBackoff - TimeSpan.FromSeconds(1)).Describe().Opened();
        Assert.Contains("goes on", Assert.Single(missing.Take<MirrorEffect.Log>()).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_source_that_lost_records_stops_the_copy()
    {
        _mirror.Follow(copyEnd: 10);
        _mirror.Step(new MirrorInput.SourceRefused(_mirror.Stream, _mirror.Handle, 0, ErrorCode.OffsetOutOfRange, "the log ends at 4"));
        Assert.Equal((MirrorState.Failed, "the log ends at 4"), (_mirror.Status().State, _mirror.Status().Error));
    }

    [Fact]
    public void Silence_ends_the_stream_and_another_is_made()
    {
        _mirror.Follow().Beat(0).Effects.Clear();
        _mirror.Wait(_mirror.Settings.SilenceLimit);
        Assert.Single(_mirror.Effects.OfType<MirrorEffect.CloseStream>());
        _mirror.Wait(_mirror.Settings.MinBackoff);
        Assert.Single(_mirror.Effects.OfType<MirrorEffect.OpenStream>());
        Assert.Equal(1, _mirror.Machine.Reconnects);

        // An answer of the old stream means nothing.
        _mirror.Effects.Clear();
        Assert.Empty(_mirror.Step(new MirrorInput.StreamOpened(1)).Effects);
    }

    [Fact]
    public void Waits_grow_after_failures_and_stay_within_their_bounds()
    {
        _mirror.Declare();
        var waits = new List<TimeSpan>();
        for (var i = 0; i < 20; i++)
        {
            _mirror.Step(new MirrorInput.StreamLost(_mirror.Stream, "refused"));
            var due = _mirror.Machine.Deadline!.Value;
            waits.Add(due - _mirror.Time);
            _mirror.Wait(due - _mirror.Time);
        }

        Assert.InRange(waits[0], _mirror.Settings.MinBackoff / 2, _mirror.Settings.MinBackoff);
        Assert.All(waits.Skip(10), w => Assert.InRange(w, _mirror.Settings.MaxBackoff / 2, _mirror.Settings.MaxBackoff));
        Assert.Equal(20, _mirror.Take<MirrorEffect.OpenStream>().Count - 1);
    }

    [Fact]
    public void A_copy_is_never_called_complete_on_the_word_of_a_source_that_is_silent()
    {
        _mirror.Follow().Push(0, 5).Appended(5).Beat(5);
        Assert.Equal(0, _mirror.Status().LagMs);
        _mirror.Wait(TimeSpan.FromSeconds(4));
        Assert.Equal(4000, _mirror.Status().LagMs);
    }

    [Fact]
    public void A_partition_that_the_source_cannot_read_is_not_called_complete()
    {
        _mirror.Follow().Push(0, 5).Appended(5).Beat(5).Effects.Clear();
        _mirror.Step(new MirrorInput.SourceRefused(_mirror.Stream, _mirror.Handle, 0, ErrorCode.LeaderNotAvailable, "it has no leader"));
        for (var i = 0; i < 3; i++)
        {
            _mirror.Wait(TimeSpan.FromSeconds(1)).Step(new MirrorInput.HeartbeatReceived(_mirror.Stream, _mirror.Now.WallMs, []));
        }

        Assert.Equal((MirrorState.Connecting, "it has no leader", 3000), (_mirror.Status().State, _mirror.Status().Error, _mirror.Status().LagMs));
        Assert.Single(_mirror.Effects.OfType<MirrorEffect.Log>());
        _mirror.Beat(5);
        Assert.Equal((MirrorState.Following, null, 0), (_mirror.Status().State, _mirror.Status().Error, _mirror.Status().LagMs));
    }

    [Fact]
    public void Lag_is_the_age_of_the_oldest_record_that_is_missing()
    {
        _mirror.Follow().Beat(0);
        Assert.Equal(0, _mirror.Status().LagMs);
        _mirror.Push(0, 5).Wait(TimeSpan.FromMilliseconds(300));
        _mirror.Push(5, 7).Wait(TimeSpan.FromMilliseconds(100));
        Assert.Equal((400, 7), (_mirror.Status().LagMs, _mirror.Status().LagRecords));
        Assert.Equal((100, 2), (_mirror.Appended(5).Status().LagMs, _mirror.Status().LagRecords));
        Assert.Equal((0, 0), (_mirror.Appended(7).Status().LagMs, _mirror.Status().LagRecords));
    }

    [Fact]
    public void The_sources_log_start_is_carried_over_without_records()
    {
        _mirror.Follow().Push(0, 5).Push(5, 9).Appended(5).Appended(9).Effects.Clear();
        var trim = Assert.Single(_mirror.Beat(9, logStart: 6).Take<MirrorEffect.Append>());
        Assert.Equal((6, 0), (trim.SourceLogStart, trim.Payloads.Length));
        _mirror.Appended(9, logStart: 6);
        Assert.Empty(_mirror.Beat(9, logStart: 6).Take<MirrorEffect.Append>());

        // Not beyond the copy's end: where it begins anew, a batch says.
        Assert.Empty(_mirror.Beat(90, logStart: 80).Take<MirrorEffect.Append>());
    }

    [Fact]
    public void Partitions_that_are_added_are_opened_without_disturbing_the_others()
    {
        _mirror.Follow().Push(0, 5).Effects.Clear();
        var append = _mirror.Attempt;
        _mirror.Describe(partitions: 2);
        _mirror.Opened(copyEnd: 0, partitions: 2);
        Assert.Equal(1, Assert.Single(Assert.Single(_mirror.Effects.OfType<MirrorEffect.SendResume>()).Positions).Partition);
        _mirror.Step(new MirrorInput.AppendDone("demo.orders", 0, append, ErrorCode.None, null, 0, 5));
        Assert.Equal(5, _mirror.Status().CopyLogEnd);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(2_000_000)]
    public void What_a_source_says_of_partitions_is_bounded(int partitions)
    {
        _mirror.Declare().Step(new MirrorInput.StreamOpened(_mirror.Stream)).Effects.Clear();
        Assert.Empty(_mirror.Describe(partitions).Take<MirrorEffect.OpenCopy>());
        Assert.NotNull(_mirror.Status().Error);
    }
}

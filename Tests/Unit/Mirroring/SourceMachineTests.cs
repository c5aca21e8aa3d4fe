using System.Collections.Immutable;
using Federation.Core.Homes;
using Federation.Core.Mirroring;
using Kernel.Ids;
using Kernel.Machines;
using Protocol.Wire;

namespace Tests.Unit.Mirroring;

public partial class SourceMachineTests
{
    private static readonly Guid Id = MirrorDriver.TopicId;

    private readonly Outbox<SourceEffect> _outbox = new();
    private readonly List<SourceEffect> _effects = [];
    private readonly MirrorSettings _settings = new() { MaxFetchBytes = 1000 };
    private Instant _time = new(1_000_000_000);
    private FederationImage _image = FederationImage.Empty;
    private SourceMachine _source;

    public SourceMachineTests()
    {
        Declare();
        _source = New();
    }

    [Fact]
    public void A_followed_topic_is_resolved_described_and_fetched_within_credits()
    {
        Follow();
        Assert.Equal((Id, 2), (Take<SourceEffect.SendTopic>().TopicId, 2));
        Resume(offset: 7);
        Assert.Empty(_effects.OfType<SourceEffect.Fetch>());
        Step(new SourceInput.CreditsGranted(5000));
        var fetch = Take<SourceEffect.Fetch>();
        Assert.True(fetch.IsNewSession);
        Assert.Equal([new FetchAt(Id, 0, 7)], fetch.Set);
        Assert.Equal(1000, fetch.MaxBytes);
    }

    [Fact]
    public void The_next_long_poll_leaves_before_anything_is_pushed()
    {
        var fetch = Reading();
        Fetched(fetch, Found(7, 12, hw: 12));
        Assert.Collection(
            _effects,
            e => Assert.Equal([new FetchAt(Id, 0, 12)], Assert.IsType<SourceEffect.Fetch>(e).Set),
            e => Assert.Equal((7, 12), (Assert.IsType<SourceEffect.SendBatches>(e).FromOffset, ((SourceEffect.SendBatches)e).CommittedEnd)));
        Assert.False(((SourceEffect.Fetch)_effects[0]).IsNewSession);
    }

    [Fact]
    public void Without_credits_nothing_is_read()
    {
        var fetch = Reading(credits: 100);
        Assert.Equal(100, fetch.MaxBytes);
        Fetched(fetch, Found(7, 12, hw: 90));
        Assert.DoesNotContain(_effects, e => e is SourceEffect.Fetch);
        Step(new SourceInput.CreditsGranted(30));
        Assert.Equal(30, Take<SourceEffect.Fetch>().MaxBytes);
    }

    [Fact]
    public void An_answer_to_an_older_resume_is_for_nobody()
    {
        var fetch = Reading();
        Resume(offset: 3, session: 2);
        Fetched(fetch, Found(7, 12, hw: 12));
        Assert.Single(_effects.OfType<SourceEffect.Release>());
        Assert.Empty(_effects.OfType<SourceEffect.SendBatches>());
        Assert.Equal([new FetchAt(Id, 0, 3)], Take<SourceEffect.Fetch>().Set);
    }

    [Fact]
    public void Below_the_log_start_reading_goes_on_at_the_log_start()
    {
        Fetched(Reading(), new FetchedPartition(Id, 0, ErrorCode.OffsetOutOfRange, -1, -1, null));
        Assert.Equal(0, Take<SourceEffect.FindBounds>().Partition);
        Step(new SourceInput.BoundsFound(Id, 0, LogStart: 50, LogEnd: 80));
        Fetched(Take<SourceEffect.Fetch>(), Found(48, 55, hw: 80, logStart: 50));
        Assert.Equal((50, 50), (_effects.OfType<SourceEffect.SendBatches>().Single().FromOffset, _effects.OfType<SourceEffect.SendBatches>().Single().LogStart));
    }

    [Fact]
    public void A_copy_that_is_ahead_is_told_so_only_when_it_stays_ahead()
    {
        var fetch = Reading();
        var started = _time;
        while (!_effects.OfType<SourceEffect.SendRefusal>().Any())
        {
            Assert.True(_time - started < TimeSpan.FromMinutes(1));
            Fetched(fetch, new FetchedPartition(Id, 0, ErrorCode.OffsetOutOfRange, -1, -1, null));
            Step(new SourceInput.BoundsFound(Id, 0, LogStart: 0, LogEnd: 4));
            if (_effects.OfType<SourceEffect.SendRefusal>().Any())
            {
                break;
            }

            while (!_effects.OfType<SourceEffect.ResolveTopics>().Any())
            {
                Wait(TimeSpan.FromMilliseconds(100));
            }

            Resolved();
            fetch = Take<SourceEffect.Fetch>();
        }

        Assert.True(_time - started >= _settings.AheadPatience);
        Assert.Equal((0, ErrorCode.OffsetOutOfRange), (_effects.OfType<SourceEffect.SendRefusal>().Single().Partition, _effects.OfType<SourceEffect.SendRefusal>().Single().Error));
    }

    [Fact]
    public void A_partition_whose_leader_moved_is_read_from_the_new_one_and_forgotten_by_the_old()
    {
        var fetch = Reading(partitions: 2);
        Fetched(fetch, new FetchedPartition(Id, 0, ErrorCode.NotLeaderOrFollower, -1, -1, null));
        var forget = Take<SourceEffect.Fetch>();
        Assert.Equal((1, new ForgetOf(Id, 0)), (forget.Broker, Assert.Single(forget.Forget)));
        Wait(_settings.MinBackoff);
        Resolved(2, 1);
        var there = Take<SourceEffect.Fetch>();
        Assert.Equal((2, true, new FetchAt(Id, 0, 7)), (there.Broker, there.IsNewSession, Assert.Single(there.Set)));
    }

    [Theory]
    [InlineData("us", 1, true, ErrorCode.NotLeaderOrFollower)]
    [InlineData("eu", 2, true, ErrorCode.FencedLeaderEpoch)]
    [InlineData("eu", 1, false, ErrorCode.TopicAuthorizationFailed)]
    public void Only_the_home_under_the_same_epoch_serves_only_its_mirrors(string home, long epoch, bool isMirror, ErrorCode refusal)
    {
        Declare(home, epoch, isMirror);
        _source = New();
        Step(new SourceInput.FollowAsked(1, "demo.orders", 1));
        Assert.Equal(refusal, Take<SourceEffect.SendRefusal>().Error);
        Step(new SourceInput.FollowAsked(2, "demo.nothing", 1));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, Take<SourceEffect.SendRefusal>().Error);
    }

    [Fact]
    public void A_home_that_moves_away_ends_what_is_followed()
    {
        Reading();
        Declare(epoch: 2);
        Step(new SourceInput.ImageChanged(_image));
        Assert.Equal((-1, ErrorCode.FencedLeaderEpoch), (Take<SourceEffect.SendRefusal>().Partition, ErrorCode.FencedLeaderEpoch));
        Assert.Empty(_source.Status(Now));
    }

    [Fact]
    public void A_topic_made_again_is_refused()
    {
        var fetch = Reading();
        Fetched(fetch, new FetchedPartition(Id, 0, ErrorCode.UnknownTopicId, -1, -1, null));
        Wait(_settings.MinBackoff);
        var ask = Take<SourceEffect.ResolveTopics>();
        Step(new SourceInput.TopicsResolved(ask.Attempt, [new("demo.orders", ErrorCode.None, Guid.NewGuid(), [1], null)], null));
        Assert.Equal(ErrorCode.UnknownTopicId, Take<SourceEffect.SendRefusal>().Error);
    }

    [Fact]
    public void Damaged_bytes_are_not_pushed()
    {
        var bytes = MirrorDriver.Batch(7, 9);
        bytes[16] = 1;
        Fetched(Reading(), new FetchedPartition(Id, 0, ErrorCode.None, 9, 0, new BatchPayload(bytes, BatchRange.Read(bytes))));
        Assert.Equal(ErrorCode.CorruptMessage, Take<SourceEffect.SendRefusal>().Error);
    }

    [Fact]
    public void It_says_that_it_lives_every_second_and_at_once_when_ends_moved_without_a_push()
    {
        var fetch = Reading();
        _effects.Clear();
        Wait(TimeSpan.FromSeconds(10));
        Assert.Equal(10, _effects.OfType<SourceEffect.SendHeartbeat>().Count());
        _effects.Clear();
        Fetched(fetch, new FetchedPartition(Id, 0, ErrorCode.None, 7, 3, null));
        Assert.Equal(new SourceEnd(1, 0, 7, 3), Assert.Single(_effects.OfType<SourceEffect.SendHeartbeat>().Single().Ends));
    }

    [Fact]
    public void A_cluster_that_throttles_is_left_alone_for_that_long()
    {
        var fetch = Reading();
        Step(new SourceInput.Fetched(1, fetch.Attempt, TimeSpan.FromMilliseconds(300), true, []));
        Wait(TimeSpan.FromMilliseconds(299));
        Assert.Empty(_effects.OfType<SourceEffect.Fetch>());
        Wait(TimeSpan.FromMilliseconds(1));
        Assert.Single(_effects.OfType<SourceEffect.Fetch>());
    }

    [Fact]
    public void A_lost_session_begins_anew_with_everything()
    {
        var fetch = Reading(partitions: 2);
        Step(new SourceInput.FetchFailed(1, fetch.Attempt, IsSessionLost: true, "FETCH_SESSION_ID_NOT_FOUND"));
        Wait(_settings.MinBackoff);
        var again = Take<SourceEffect.Fetch>();
        Assert.True(again.IsNewSession);
        Assert.Equal(2, again.Set.Length);
    }

    [Fact]
    public void A_partition_that_comes_during_an_idle_poll_does_not_wait_for_its_end()
    {
        var idle = Reading();
        Step(new SourceInput.ResumeAsked(1, [new ResumeAt(1, 0, 1)]));
        Assert.Empty(_effects.OfType<SourceEffect.Fetch>());
        Wait(_settings.JoinPatience);
        var joined = Take<SourceEffect.Fetch>();
        Assert.True(joined.IsNewSession);
        Assert.Equal([new FetchAt(Id, 0, 7), new FetchAt(Id, 1, 0)], joined.Set.OrderBy(s => s.Partition));

        // The abandoned one has no say any more, and the next to come waits for its turn.
        Fetched(idle, Found(7, 12, hw: 12));
        Assert.Single(_effects.OfType<SourceEffect.Release>());
        Step(new SourceInput.FetchFailed(1, idle.Attempt, IsSessionLost: false, "closed"));
        Step(new SourceInput.ResumeAsked(1, [new ResumeAt(1, 5, 2)]));
        _effects.Clear();
        Wait(_settings.JoinPause / 2);
        Assert.Empty(_effects.OfType<SourceEffect.Fetch>());
        Wait(_settings.JoinPause);
        Assert.Equal(5, Take<SourceEffect.Fetch>().Set.Single(s => s.Partition == 1).Offset);
    }

    [Fact]
    public void That_a_partition_cannot_be_read_is_told_once_and_then_that_it_can()
    {
        var fetch = Reading();
        Step(new SourceInput.FetchFailed(1, fetch.Attempt, IsSessionLost: false, "refused"));
        while (!_effects.OfType<SourceEffect.SendRefusal>().Any())
        {
            Assert.True(_effects.OfType<SourceEffect.Fetch>().Count() < 20);
            Wait(TimeSpan.FromMilliseconds(500));
            if (_effects.OfType<SourceEffect.Fetch>().LastOrDefault() is { } again)
            {
                Step(new SourceInput.FetchFailed(1, again.Attempt, IsSessionLost: false, "refused"));
            }
        }

        var refusal = Take<SourceEffect.SendRefusal>();
        Assert.Equal((0, ErrorCode.LeaderNotAvailable), (refusal.Partition, refusal.Error));

        // It is tried further, and that it can be read again is said even when nothing has changed.
        Wait(_settings.MaxBackoff);
        Fetched(Take<SourceEffect.Fetch>(), new FetchedPartition(Id, 0, ErrorCode.None, 7, 0, null));
        Assert.Equal(new SourceEnd(1, 0, 7, 0), Assert.Single(_effects.OfType<SourceEffect.SendHeartbeat>().Last().Ends));
        Assert.Empty(_effects.OfType<SourceEffect.SendRefusal>());
    }

    [Fact]
    public void Nonsense_from_a_destination_changes_nothing()
    {
        Follow();
        _effects.Clear();
        Step(new SourceInput.ResumeAsked(1, [new ResumeAt(-1, 0, 1), new ResumeAt(99, 0, 1), new ResumeAt(0, -5, 1)]));
        Step(new SourceInput.ResumeAsked(77, [new ResumeAt(0, 0, 1)]));
        Step(new SourceInput.PauseAsked(1, [-1, 99]));
        Step(new SourceInput.UnfollowAsked(77));
        Step(new SourceInput.EndsAcked([new AckedEnd(1, 99, 5), new AckedEnd(77, 0, 5)]));
        Step(new SourceInput.CreditsGranted(100));
        Assert.Empty(_effects);
        Step(new SourceInput.FollowAsked(2, "demo.orders", 1));
        Assert.Equal(ErrorCode.InvalidRequest, Take<SourceEffect.SendRefusal>().Error);
    }

    private Now Now => new(_time, 1_700_000_000_000 + (_time.Ticks / TimeSpan.TicksPerMillisecond));

    private SourceMachine New() => new(new("eu"), new("us"), _settings, new Prng(1), _image);

    private void Declare(string home = "eu", long epoch = 1, bool isMirror = true)
    {
        var topic = new FederatedTopic(
            new TenantId("demo"), "orders", 2, new(home), isMirror ? [new RegionId("us")] : [], epoch, ImmutableSortedDictionary<string, string>.Empty);
        _image = _image with { Topics = _image.Topics.SetItem(topic.ClusterName, topic) };
    }

    private void Step(SourceInput input)
    {
        _source.Step(input, Now, _outbox);
        _effects.AddRange(_outbox.Effects);
        _outbox.Clear();
    }

    private void Wait(TimeSpan span)
    {
        var until = _time + span;
        while (_source.Deadline is { } due && due <= until)
        {
            _time = due > _time ? due : _time + TimeSpan.FromTicks(1);
            Step(new SourceInput.DeadlineReached());
        }

        _time = until;
    }

    // The last effect of a kind; all are forgotten.
    private T Take<T>()
        where T : SourceEffect
    {
        var last = _effects.OfType<T>().Last();
        _effects.Clear();
        return last;
    }

    private void Follow()
    {
        Step(new SourceInput.FollowAsked(1, "demo.orders", 1));
        Resolved();
    }

    private void Resolved(params int[] leaders)
    {
        var ask = _effects.OfType<SourceEffect.ResolveTopics>().Last();
        Step(new SourceInput.TopicsResolved(ask.Attempt, [new("demo.orders", ErrorCode.None, Id, leaders.Length == 0 ? [1, 1] : [.. leaders], null)], null));
    }

    private void Resume(long offset, uint session = 1, int partitions = 1) =>
        Step(new SourceInput.ResumeAsked(1, [.. Enumerable.Range(0, partitions).Select(p => new ResumeAt(p, offset, session))]));

    private SourceEffect.Fetch Reading(long credits = 5000, int partitions = 1)
    {
        Follow();
        Resume(offset: 7, partitions: partitions);
        Step(new SourceInput.CreditsGranted(credits));
        return Take<SourceEffect.Fetch>();
    }

    private void Fetched(SourceEffect.Fetch fetch, params FetchedPartition[] found) =>
        Step(new SourceInput.Fetched(fetch.Broker, fetch.Attempt, TimeSpan.Zero, true, [.. found]));

    private static FetchedPartition Found(long baseOffset, long nextOffset, long hw, long logStart = 0) =>
        new(Id, 0, ErrorCode.None, hw, logStart, MirrorDriver.Payload(baseOffset, nextOffset));
}

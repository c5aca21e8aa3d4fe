using Broker.Core.Groups;
using Broker.Node.Groups;
using Broker.Node.Waiting;
using Hosting;
using Kernel;
using Microsoft.Extensions.Logging.Abstractions;
using Protocol.Wire;

namespace Tests.Unit.Groups;

public sealed class GroupShardTests : IDisposable
{
    private readonly TimingWheel _wheel = new(Clock.System);
    private readonly MemoryGroupLog _log = new();
    private readonly GroupSettings _settings = new() { InitialRebalanceDelay = TimeSpan.Zero, MinSessionTimeout = TimeSpan.FromMilliseconds(1) };
    private long _request;

    public void Dispose() => _wheel.Dispose();

    [Fact]
    public async Task A_request_without_company_is_answered_on_its_own_thread()
    {
        var shard = OpenNew();
        var commit = Commit(shard, "g", 5);
        Assert.True(commit.IsCompletedSuccessfully);
        Assert.Equal(ErrorCode.None, (await commit).Error);
        Assert.Equal(5, await Fetch(shard, "g"));
    }

    [Fact]
    public async Task Commits_are_answered_when_they_are_durable_and_share_batches()
    {
        var shard = OpenNew();
        await Commit(shard, "warm", 1);
        _log.Hold();
        var before = _log.BatchCount;
        var commits = new List<Task<GroupReply>>();
        await Parallel.ForAsync(0, 2000, (i, _) =>
        {
            var commit = Commit(shard, $"g{i % 10}", i).AsTask();
            lock (commits)
            {
                commits.Add(commit);
            }

            return ValueTask.CompletedTask;
        });
        Assert.DoesNotContain(commits, c => c.IsCompleted);
        _log.Release();
        Assert.All(await Task.WhenAll(commits), reply => Assert.Equal(ErrorCode.None, reply.Error));
        Assert.InRange(_log.BatchCount - before, 1, 2000);
    }

    [Fact]
    public async Task The_log_brings_everything_back_also_what_is_gone()
    {
        var shard = OpenNew();
        await Commit(shard, "kept", 1);
        await Commit(shard, "kept", 7);
        await Commit(shard, "deleted", 2);
        var number = ++_request;
        await shard.SubmitAsync(new GroupInput.DeleteGroup(number, "deleted"), number);

        var again = await Reopen();
        Assert.Equal((7L, null), (await Fetch(again, "kept"), await Fetch(again, "deleted")));
        Assert.Equal(GroupState.Dead, (await Describe(again, "deleted")).State);
    }

    [Fact]
    public async Task Positions_of_topics_that_went_while_nobody_looked_go_at_the_load()
    {
        await Commit(OpenNew(), "g", 1);
        Assert.Null(await Fetch(await Reopen(_ => false), "g"));
        Assert.Null(await Fetch(await Reopen(), "g"));
    }

    [Fact]
    public async Task Before_the_load_requests_are_told_to_wait()
    {
        var shard = NewShard();
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, (await Commit(shard, "g", 1)).Error);
    }

    [Fact]
    public async Task A_log_that_grew_far_beyond_what_it_says_is_rewritten_and_cut()
    {
        var shard = OpenNew();
        await Commit(shard, "other", 11);
        var cut = _log.Cut.Task;
        var offset = 0L;
        while (!cut.IsCompleted && offset < 2 * Limits.MinGroupLogRewriteBytes / 4000)
        {
            await Commit(shard, "g", ++offset, new string('m', 4000));
        }

        await cut.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(_log.LogStartOffset > 0);
        await Commit(shard, "g", ++offset);
        var again = await Reopen();
        Assert.Equal((offset, 11L), (await Fetch(again, "g"), await Fetch(again, "other")));
    }

    /// <summary>Durable before the append has returned: where to cut must be known by then, or the place of the time before is cut at.</summary>
    [Fact]
    public async Task A_rewritten_log_may_be_cut_while_its_append_is_on_the_way_back()
    {
        var shard = OpenNew();
        _log.ReturnsAfterCut = true;
        var offset = 0L;
        for (var cuts = 0; cuts < 2; cuts++)
        {
            var (cut, before) = (_log.Cut.Task, _log.LogStartOffset);
            for (var end = offset + (4 * Limits.MinGroupLogRewriteBytes / 4000); !cut.IsCompleted && offset < end;)
            {
                await Commit(shard, "g", ++offset, new string('m', 4000));
            }

            await cut.WaitAsync(TimeSpan.FromSeconds(60));
            Assert.True(_log.LogStartOffset > before + (Limits.MinGroupLogRewriteBytes / 5000), $"cut at {_log.LogStartOffset} after {before}");
        }

        Assert.Equal(offset, await Fetch(await Reopen(), "g"));
    }

    [Fact]
    public async Task A_rewritten_log_is_not_cut_before_it_is_durable()
    {
        var shard = OpenNew();
        _log.Hold();
        var pending = new List<Task<GroupReply>>();
        for (var i = 0; i < 2 * Limits.MinGroupLogRewriteBytes / 4000; i++)
        {
            pending.Add(Commit(shard, "g", i, new string('m', 4000)).AsTask());
        }

        Assert.Equal(0, _log.LogStartOffset);
        var cut = _log.Cut.Task;
        _log.Release();
        await cut;
        await Task.WhenAll(pending);
        Assert.Equal(pending.Count - 1, await Fetch(await Reopen(), "g"));
    }

    [Fact]
    public async Task One_request_may_be_larger_than_a_batch()
    {
        var shard = OpenNew();
        var offsets = Enumerable.Range(0, 2000).Select(p => new OffsetToCommit("t", Guid.Empty, p, p, -1, new string('m', 1000))).ToList();
        var number = ++_request;
        var reply = await shard.SubmitAsync(new GroupInput.CommitOffsets(number, "g", "", null, -1, -1, offsets), number);
        Assert.All(Assert.IsType<GroupReply.Offsets>(reply).Partitions, e => Assert.Equal(ErrorCode.None, e));
        Assert.InRange(_log.BatchCount, 2, 10);
        Assert.Equal(1999, await Fetch(await Reopen(), "g", 1999));
    }

    [Theory]
    [InlineData(ErrorCode.KafkaStorageError, ErrorCode.NotCoordinator)]
    [InlineData(ErrorCode.UnknownTopicOrPartition, ErrorCode.CoordinatorNotAvailable)]
    public async Task When_the_log_fails_nothing_is_acknowledged_any_more(ErrorCode failure, ErrorCode told)
    {
        var shard = OpenNew();
        _log.Hold();
        var waiting = Commit(shard, "g", 1);
        _log.Release(failure);
        Assert.Equal(told, (await waiting).Error);
        Assert.Equal(told, (await Commit(shard, "g", 1)).Error);

        var other = new GroupShardTests();
        var refusing = other.OpenNew();
        other._log.AppendError = failure;
        Assert.Equal(told, (await Commit(refusing, "g", 1)).Error);
        other.Dispose();
    }

    [Fact]
    public async Task A_closed_shard_answers_whoever_waits()
    {
        var shard = OpenNew();
        var first = await Join(shard);
        var number = ++_request;
        await shard.SubmitAsync(new GroupInput.Sync(number, "g", first.MemberId, null, 1, null, null, []), number);
        var waiting = Join(shard);
        shard.Close(ErrorCode.CoordinatorNotAvailable);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, (await waiting).Error);
    }

    [Fact]
    public async Task Sessions_end_by_themselves()
    {
        var shard = OpenNew();
        var first = await Join(shard, sessionMs: 30, rebalanceMs: 60_000);
        var number = ++_request;
        await shard.SubmitAsync(new GroupInput.Sync(number, "g", first.MemberId, null, 1, null, null, []), number);

        // It waits for the first member, which says nothing any more.
        var second = await Join(shard, sessionMs: 60_000, rebalanceMs: 60_000);
        Assert.Equal((ErrorCode.None, second.MemberId), (second.Error, second.Leader));
    }

    private GroupShard NewShard() => new(_log, "__consumer_offsets-0", _settings, _wheel, Clock.System, NullLogger.Instance);

    private GroupShard OpenNew()
    {
        var shard = NewShard();
        shard.OpenNew();
        return shard;
    }

    private async Task<GroupShard> Reopen(Func<TopicKey, bool>? topicExists = null)
    {
        var shard = NewShard();
        shard.Open(topicExists ?? (_ => true));
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await Describe(shard, "none")).State == GroupState.Empty)
        {
            Assert.False(late.IsCancellationRequested, "the shard does not come to know its log");
            await Task.Yield();
        }

        return shard;
    }

    private ValueTask<GroupReply> Commit(GroupShard shard, string group, long offset, string? metadata = null)
    {
        var number = Interlocked.Increment(ref _request);
        var offsets = new[] { new OffsetToCommit("t", Guid.Empty, 0, offset, -1, metadata) };
        return shard.SubmitAsync(new GroupInput.CommitOffsets(number, group, "", null, -1, -1, offsets), number);
    }

    private async Task<long?> Fetch(GroupShard shard, string group, int partition = 0)
    {
        var number = ++_request;
        var reply = await shard.SubmitAsync(new GroupInput.FetchOffsets(number, group, [new OffsetKey("t", partition)]), number);
        return Assert.IsType<GroupReply.Fetched>(reply).Found[0].Value?.Offset;
    }

    private async Task<GroupDescription> Describe(GroupShard shard, string group)
    {
        var number = ++_request;
        var reply = await shard.SubmitAsync(new GroupInput.Describe(number, group), number);
        return reply is GroupReply.Described described ? described.Group : new GroupDescription(group, GroupState.Empty, "", "", []);
    }

    private async Task<GroupReply.Joined> Join(GroupShard shard, int sessionMs = 60_000, int rebalanceMs = 60_000)
    {
        var number = ++_request;
        var reply = await shard.SubmitAsync(
            new GroupInput.Join(number, "g", "", null, "c", "h", sessionMs, rebalanceMs, "consumer", GroupWorld.Range("t"), false, false, Guid.NewGuid()), number);
        return reply as GroupReply.Joined ?? GroupReply.Joined.Refused(reply.Error, "");
    }
}

using CsCheck;
using Federation.Core.Connections;
using Federation.Core.Routing;
using Federation.Gateway.Connections;
using Kernel;
using Protocol.Wire;
using Protocol.Wire.Messages;
using Topic = Protocol.Wire.Messages.MetadataResponse.MetadataResponseTopic;

namespace Tests.Unit.Gateway;

public class RoutingTests
{
    [Fact]
    public void A_split_loses_nothing_and_keeps_order()
    {
        var topics = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 5].Array[0, 12], (name, partitions) => (Name: $"t{name}", Partitions: partitions.Select((p, i) => (Index: p, At: i)).ToList())).Array[0, 6];
        Gen.Select(topics, Gen.Int[1, 4]).Sample((request, brokers) =>
        {
            var parts = LeaderSplit.ByLeader(request, t => t.Partitions, (t, p) => (t.Name.Length + t.Name[1] + p.Index) % brokers, (t, partitions) => (t.Name, Partitions: partitions));
            Assert.Equal(parts.Count, parts.Select(p => p.NodeId).Distinct().Count());
            foreach (var (node, mine) in parts)
            {
                Assert.All(mine.SelectMany(t => t.Partitions.Select(p => (t.Name.Length + t.Name[1] + p.Index) % brokers)), n => Assert.Equal(node, n));
                Assert.All(mine, t => Assert.Equal(t.Partitions.Select(p => p.At).Order(), t.Partitions.Select(p => p.At)));
            }

            Assert.Equal(
                request.SelectMany(t => t.Partitions.Select(p => (t.Name, p.Index, p.At))).Order(),
                parts.SelectMany(part => part.Topics).SelectMany(t => t.Partitions.Select(p => (t.Name, p.Index, p.At))).Order());
        });
    }

    [Fact]
    public void Leaders_are_found_by_name_and_by_id()
    {
        var id = Guid.NewGuid();
        var routes = RouteTable.Empty.Merge(Answer(2, Of("demo.t", id, (1, 1), (2, 1), (-1, 1), (9, 1))));
        Assert.False(routes.IsSingle);
        Assert.True(routes.TryLeader("demo.t", 1, out var node));
        Assert.Equal(2, node);
        Assert.True(routes.TryLeader(id, 0, out node));
        Assert.Equal(1, node);

        // No leader, a leader that is no broker, no such partition, no such topic.
        Assert.False(routes.TryLeader("demo.t", 2, out _));
        Assert.False(routes.TryLeader("demo.t", 3, out _));
        Assert.False(routes.TryLeader("demo.t", 4, out _));
        Assert.False(routes.TryLeader("demo.t", -1, out _));
        Assert.False(routes.TryLeader("demo.u", 0, out _));
        Assert.False(routes.TryLeader(Guid.NewGuid(), 0, out _));
    }

    [Fact]
    public void An_older_epoch_does_not_take_a_leader_back_unless_the_topic_is_another()
    {
        var id = Guid.NewGuid();
        var routes = RouteTable.Empty.Merge(Answer(2, Of("demo.t", id, (2, 5)))).Merge(Answer(2, Of("demo.t", id, (1, 4))));
        Assert.True(routes.TryLeader("demo.t", 0, out var node));
        Assert.Equal(2, node);

        var again = Guid.NewGuid();
        routes = routes.Merge(Answer(2, Of("demo.t", again, (1, 0))));
        Assert.True(routes.TryLeader(again, 0, out node));
        Assert.Equal(1, node);
        Assert.False(routes.TryLeader(id, 0, out _));

        // Below version 7 there are no epochs: what comes later counts.
        routes = routes.Merge(Answer(2, Of("demo.t", Guid.Empty, (2, -1))));
        Assert.True(routes.TryLeader(again, 0, out node));
        Assert.Equal(2, node);
    }

    [Fact]
    public void A_deleted_topic_is_forgotten_and_an_error_of_the_whole_changes_nothing()
    {
        var id = Guid.NewGuid();
        var routes = RouteTable.Empty.Merge(Answer(2, Of("demo.t", id, (2, 5))));
        Assert.Same(routes, routes.Merge(new MetadataResponse()));
        routes = routes.Merge(Answer(2, new Topic { Name = "demo.t", ErrorCode = (short)ErrorCode.UnknownTopicOrPartition }));
        Assert.Equal(0, routes.TopicCount);
        Assert.False(routes.TryLeader(id, 0, out _));
    }

    [Fact]
    public void Behind_one_broker_no_routes_are_kept()
    {
        var routes = RouteTable.Empty.Merge(Answer(1, Of("demo.t", Guid.NewGuid(), (1, 1))));
        Assert.True(routes.IsSingle);
        Assert.Equal(0, routes.TopicCount);
        Assert.Same(routes, routes.Merge(Answer(1, Of("demo.u", Guid.NewGuid(), (1, 1)))));
        Assert.False(routes.Merge(Answer(2)).IsSingle);
    }

    [Fact]
    public void A_session_passes_only_for_whom_it_was_opened()
    {
        var sessions = new FetchSessions();
        Assert.Equal(FetchSessionVerdict.NotFound, sessions.Decide(5, 1, singleBroker: true));
        Assert.Equal(FetchSessionVerdict.Forget, sessions.Decide(5, 0, singleBroker: true));
        Assert.Equal(FetchSessionVerdict.Forget, sessions.Decide(5, -1, singleBroker: true));
        Assert.Equal(FetchSessionVerdict.Pass, sessions.Decide(0, 0, singleBroker: true));
        sessions.Opened(5);
        Assert.Equal(FetchSessionVerdict.Pass, sessions.Decide(5, 1, singleBroker: true));
        Assert.Equal(FetchSessionVerdict.Pass, sessions.Decide(5, 0, singleBroker: true));
        Assert.Equal(FetchSessionVerdict.NotFound, sessions.Decide(5, 1, singleBroker: false));
        Assert.Equal(FetchSessionVerdict.Sessionless, sessions.Decide(5, 0, singleBroker: false));
        for (var i = 0; i < Limits.MaxFetchSessions; i++)
        {
            sessions.Opened(1000 + i);
        }

        Assert.Equal(FetchSessionVerdict.NotFound, sessions.Decide(5, 1, singleBroker: true));
    }

    [Fact]
    public void A_minimum_is_not_raised_and_nothing_unlisted_is_shown()
    {
        foreach (var shown in ApiVersionTable.Known.Shown())
        {
            Assert.True(MessageCatalog.TryFind(shown.ApiKey, out var info));
            Assert.Equal((info.Versions.Min, info.Versions.Max), (shown.MinVersion, shown.MaxVersion));
            Assert.True(shown.ApiKey < 20_000);
        }

        Assert.Equal(ServedApis.All.Length, ApiVersionTable.Known.Shown().Count);
        Assert.Equal(ServedApis.All.Select(a => a.Key).Order(), ServedApis.All.Select(a => a.Key));
        Assert.False(ApiVersionTable.Known.Serves((short)ApiKey.Produce, 2));
        Assert.True(ApiVersionTable.Known.Serves((short)ApiKey.Produce, 3));
    }

    [Fact]
    public void A_budget_lets_the_first_answer_pass_and_the_next_when_it_fits()
    {
        var budget = new AnswerBudget();
        var released = 0;
        budget.Released = () => released++;
        Assert.True(budget.Allows(long.MaxValue));
        budget.Take(Limits.MaxHeldAnswerBytes - 10);
        Assert.True(budget.Allows(10));
        Assert.False(budget.Allows(11));
        var held = budget.Hold(20);
        Assert.False(budget.Allows(0));
        held.Dispose();
        held.Dispose();
        Assert.Equal(1, released);
        budget.Give(Limits.MaxHeldAnswerBytes - 10);
        Assert.Equal(0, budget.HeldBytes);
    }

    private static MetadataResponse Answer(int brokers, params Topic[] topics) => new()
    {
        Brokers = [.. Enumerable.Range(1, brokers).Select(i => new MetadataResponse.MetadataResponseBroker { NodeId = i, Host = "h", Port = 9000 + i })],
        ControllerId = 1,
        Topics = [.. topics],
    };

    private static Topic Of(string name, Guid id, params (int Leader, int Epoch)[] leaders) => new()
    {
        Name = name,
        TopicId = id,
        Partitions = [.. leaders.Select((l, i) => new Topic.MetadataResponsePartition { PartitionIndex = i, LeaderId = l.Leader, LeaderEpoch = l.Epoch })],
    };
}

using System.Collections.Concurrent;
using System.Collections.Immutable;
using Federation.Core.Homes;
using Federation.Core.Mirroring;
using Federation.Mirror;
using Kernel.Ids;
using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Tests.Unit.Mirroring;

/// <summary>Two regions with real brokers and the real link between them.</summary>
public sealed class LinkTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TestView _view = new();
    private readonly ConcurrentDictionary<string, Uri> _links = new();
    private readonly CancellationTokenSource _limit = new(Patience);
    private TestRegion _eu = null!;
    private TestRegion _us = null!;

    public async ValueTask InitializeAsync()
    {
        _eu = await TestRegion.StartAsync("eu", _view, _links);
        _us = await TestRegion.StartAsync("us", _view, _links);
    }

    public async ValueTask DisposeAsync()
    {
        await _us.DisposeAsync();
        await _eu.DisposeAsync();
        _limit.Dispose();
    }

    [Fact]
    public async Task A_copy_has_the_sources_bytes_at_its_offsets_and_follows()
    {
        var id = await DeclareAsync("orders", partitions: 3);
        await ProduceAsync(id, partitions: 3, batches: 40);
        await _us.Mirror.WaitUntilMirroredAsync("demo.orders", _limit.Token);
        await EqualAsync("orders", id, partitions: 3);
        await ProduceAsync(id, partitions: 3, batches: 20);
        await EqualAsync("orders", id, partitions: 3);
        Assert.Equal(id, await _us.TopicIdAsync("demo.orders"));
        Assert.All(await StatusAsync(_us, s => s.All(p => p is { LagRecords: 0, State: MirrorState.Following })), s => Assert.Null(s.Error));

        var metrics = new StringWriter();
        _us.Mirror.WriteMetrics(metrics, "node=\"us\"");
        Assert.Contains("federation_mirror_lag_records{node=\"us\",topic=\"demo.orders\",partition=\"2\",source=\"eu\",destination=\"us\"} 0\n", metrics.ToString(), StringComparison.Ordinal);
        Assert.Contains("federation_mirror_reconnects_total{node=\"us\",source=\"eu\"} 0\n", metrics.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_source_knows_how_far_a_copy_is()
    {
        var id = await DeclareAsync("orders", partitions: 1);
        await ProduceAsync(id, partitions: 1, batches: 5);
        await EqualAsync("orders", id, partitions: 1);
        var status = await StatusAsync(_eu, s => s.Any(p => p is { Region: "us", LagRecords: 0, CopyLogEnd: > 0 }));
        Assert.Equal(MirrorState.Following, Assert.Single(status).State);
        var metrics = new StringWriter();
        _eu.Mirror.WriteMetrics(metrics);
        Assert.Contains(
            "federation_link_unacknowledged_milliseconds{topic=\"demo.orders\",partition=\"0\",source=\"eu\",destination=\"us\"} 0\n",
            metrics.ToString(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_longer_than_a_message_of_the_link_arrives_whole()
    {
        var id = await DeclareAsync("large", partitions: 1, configs: "max.message.bytes=20000000");
        var sent = await _eu.ProduceAsync(id, 0, TestRegion.Batch(9, 1_000_000, seed: 1));
        Assert.Equal((short)ErrorCode.None, sent.ErrorCode);
        await ProduceAsync(id, partitions: 1, batches: 3);
        await EqualAsync("large", id, partitions: 1);
    }

    [Fact]
    public async Task Restarts_of_either_sides_mirror_and_broker_lose_and_double_nothing()
    {
        var id = await DeclareAsync("orders", partitions: 2);
        await _us.Mirror.WaitUntilMirroredAsync("demo.orders", _limit.Token);
        for (var round = 0; round < 4; round++)
        {
            await ProduceAsync(id, partitions: 2, batches: 15);
            switch (round)
            {
                case 0:
                    await _us.Mirror.StopAsync();
                    await ProduceAsync(id, partitions: 2, batches: 15);
                    await _us.StartMirrorAsync();
                    break;
                case 1:
                    await _eu.Mirror.StopAsync();
                    await ProduceAsync(id, partitions: 2, batches: 15);
                    await _eu.StartMirrorAsync();
                    break;
                case 2:
                    await _us.Broker.StopAsync();
                    await ProduceAsync(id, partitions: 2, batches: 15);
                    await _us.StartBrokerAsync();
                    break;
                case 3:
                    await _eu.Broker.StopAsync();
                    await _eu.StartBrokerAsync();
                    await ProduceAsync(id, partitions: 2, batches: 15);
                    break;
            }

            await EqualAsync("orders", id, partitions: 2);
        }
    }

    [Fact]
    public async Task Partitions_that_are_added_at_the_home_are_copied()
    {
        var id = await DeclareAsync("orders", partitions: 1);
        await ProduceAsync(id, partitions: 1, batches: 3);
        await EqualAsync("orders", id, partitions: 1);
        await _eu.AskAsync<CreatePartitionsRequest, CreatePartitionsResponse>(new() { Topics = [new() { Name = "demo.orders", Count = 4, Assignments = null }], TimeoutMs = 30_000 });
        _view.Swap(i => i with { Topics = i.Topics.SetItem("demo.orders", i.Topics["demo.orders"] with { Partitions = 4 }) });
        await ProduceAsync(id, partitions: 4, batches: 3);
        await EqualAsync("orders", id, partitions: 4);
    }

    [Fact]
    public async Task What_the_source_drops_the_copy_drops()
    {
        var id = await DeclareAsync("orders", partitions: 1);
        await ProduceAsync(id, partitions: 1, batches: 10);
        await EqualAsync("orders", id, partitions: 1);
        var end = await _eu.OffsetAsync("demo.orders", 0, -1);
        await _eu.AskAsync<DeleteRecordsRequest, DeleteRecordsResponse>(new()
        {
            TimeoutMs = 30_000, Topics = [new() { Name = "demo.orders", Partitions = [new() { PartitionIndex = 0, Offset = end / 2 }] }],
        });
        await EqualAsync("orders", id, partitions: 1);
        Assert.Equal(end / 2, await _us.OffsetAsync("demo.orders", 0, -2));
    }

    [Fact]
    public async Task A_new_copy_begins_where_retention_left_the_source()
    {
        var id = await DeclareAsync("orders", partitions: 1, isMirrored: false);
        await ProduceAsync(id, partitions: 1, batches: 10);
        var end = await _eu.OffsetAsync("demo.orders", 0, -1);
        await _eu.AskAsync<DeleteRecordsRequest, DeleteRecordsResponse>(new()
        {
            TimeoutMs = 30_000, Topics = [new() { Name = "demo.orders", Partitions = [new() { PartitionIndex = 0, Offset = (end / 2) + 1 }] }],
        });
        Declare("orders", 1);
        await EqualAsync("orders", id, partitions: 1);
    }

    [Fact]
    public async Task A_topic_that_was_made_again_at_the_home_does_not_overwrite_the_copy()
    {
        var id = await DeclareAsync("orders", partitions: 1);
        await ProduceAsync(id, partitions: 1, batches: 5);
        await EqualAsync("orders", id, partitions: 1);
        var before = await _us.ReadAllAsync(id, "demo.orders", 0);
        await _eu.AskAsync<DeleteTopicsRequest, DeleteTopicsResponse>(new() { Topics = [new() { Name = "demo.orders" }], TimeoutMs = 30_000 });
        await _eu.CreateTopicAsync("demo.orders", 1);
        await ProduceAsync(await _eu.TopicIdAsync("demo.orders"), partitions: 1, batches: 7);
        var failed = await StatusAsync(_us, s => s.All(p => p.State == MirrorState.Failed));
        Assert.Contains("made again", Assert.Single(failed).Error, StringComparison.Ordinal);
        var failure = await Assert.ThrowsAsync<MirrorFailedException>(() => _us.Mirror.WaitUntilMirroredAsync("demo.orders", _limit.Token));
        Assert.Contains("demo.orders", failure.Message, StringComparison.Ordinal);
        var after = await _us.ReadAllAsync(id, "demo.orders", 0);
        Assert.Equal(before.Bytes, after.Bytes);
    }

    [Fact]
    public async Task A_topic_that_is_mirrored_no_more_needs_no_stream()
    {
        var id = await DeclareAsync("orders", partitions: 1);
        await ProduceAsync(id, partitions: 1, batches: 2);
        await EqualAsync("orders", id, partitions: 1);
        Assert.NotEmpty(_eu.Mirror.Status());
        _view.Swap(i => i with { Topics = i.Topics.Clear() });
        Assert.Empty(await StatusAsync(_eu, s => s.Count == 0));
        Assert.Empty(await StatusAsync(_us, s => s.Count == 0));
    }

    [Fact]
    public async Task Copies_in_both_directions_do_not_disturb_each_other()
    {
        var orders = await DeclareAsync("orders", partitions: 1);
        await _us.CreateTopicAsync("demo.returns", 1);
        var returns = await _us.TopicIdAsync("demo.returns");
        Declare("returns", 1, home: "us", mirror: "eu");
        for (var i = 0; i < 10; i++)
        {
            await _eu.ProduceAsync(orders, 0, TestRegion.Batch(2, 100, i));
            await _us.ProduceAsync(returns, 0, TestRegion.Batch(3, 200, i));
        }

        await EqualAsync("orders", orders, partitions: 1);
        await EqualAsync("returns", returns, partitions: 1, source: _us, copy: _eu);
    }

    [Fact]
    public async Task Waiting_for_a_topic_that_never_comes_can_be_given_up()
    {
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(20));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _us.Mirror.WaitUntilMirroredAsync("demo.nothing", soon.Token));
    }

    private async Task<Guid> DeclareAsync(string name, int partitions, string? configs = null, bool isMirrored = true)
    {
        await _eu.CreateTopicAsync($"demo.{name}", partitions);
        if (configs?.Split('=') is [var key, var value])
        {
            await _eu.AskAsync<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(new()
            {
                Resources = [new() { ResourceType = 2, ResourceName = $"demo.{name}", Configs = [new() { Name = key, Value = value }] }],
            });
        }

        if (isMirrored)
        {
            Declare(name, partitions);
        }

        return await _eu.TopicIdAsync($"demo.{name}");
    }

    private void Declare(string name, int partitions, string home = "eu", string mirror = "us")
    {
        var topic = new FederatedTopic(
            new TenantId("demo"), name, partitions, new(home), [new RegionId(mirror)], 1, ImmutableSortedDictionary<string, string>.Empty);
        _view.Swap(i => i with { Version = i.Version + 1, Topics = i.Topics.SetItem(topic.ClusterName, topic) });
    }

    private async Task ProduceAsync(Guid id, int partitions, int batches)
    {
        for (var i = 0; i < batches; i++)
        {
            var sent = await _eu.ProduceAsync(id, i % partitions, TestRegion.Batch(1 + (i % 5), 100 * (1 + (i % 7)), i));
            Assert.Equal((short)ErrorCode.None, sent.ErrorCode);
        }
    }

    private Task<IReadOnlyList<PartitionMirrorStatus>> StatusAsync(TestRegion region, Func<IReadOnlyList<PartitionMirrorStatus>, bool> isReached) =>
        region.StatusAsync(isReached, _limit.Token);

    private async Task EqualAsync(string name, Guid id, int partitions, TestRegion? source = null, TestRegion? copy = null)
    {
        for (var p = 0; p < partitions; p++)
        {
            var index = p;
            var expected = await (source ?? _eu).ReadAllAsync(id, $"demo.{name}", p);
            await StatusAsync(
                copy ?? _us,
                s => s.Any(x => x.Topic == $"demo.{name}" && x.Partition == index && x.CopyLogEnd == expected.End && x.State == MirrorState.Following && x.LagRecords == 0));
            while (true)
            {
                // The log start follows behind the records.
                var actual = await (copy ?? _us).ReadAllAsync(id, $"demo.{name}", p);
                Assert.Equal(expected.End, actual.End);
                if (actual.Start == expected.Start)
                {
                    Assert.Equal(expected.Bytes, actual.Bytes);
                    break;
                }

                Assert.False(_limit.IsCancellationRequested, $"the copy starts at {actual.Start}, the source at {expected.Start}");
            }
        }
    }
}

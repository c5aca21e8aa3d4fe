using System.Collections.Concurrent;
using System.Collections.Immutable;
using Federation.Core.Homes;
using Federation.Core.Mirroring;
using Kernel.Ids;

namespace Tests.Unit.Mirroring;

/// <summary>A source that comes back with less than it had, with real brokers.</summary>
public class SourceLossTests
{
    /// <summary>As after a power cut with log.flush=os. The stream lives on: its source's side alone could not tell.</summary>
    [Fact]
    public async Task A_broker_that_lost_records_and_wrote_others_is_found_while_the_stream_lives()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var view = new TestView();
        var links = new ConcurrentDictionary<string, Uri>();
        await using var eu = await TestRegion.StartAsync("eu", view, links);
        await using var us = await TestRegion.StartAsync("us", view, links);
        await eu.CreateTopicAsync("demo.orders", 1);
        var id = await eu.TopicIdAsync("demo.orders");
        var topic = new FederatedTopic(
            new TenantId("demo"), "orders", 1, new("eu"), [new RegionId("us")], 1, ImmutableSortedDictionary<string, string>.Empty);
        view.Swap(i => i with { Version = 1, Topics = i.Topics.SetItem(topic.ClusterName, topic) });
        await ProduceAsync(0, 3);
        await UntilAsync(s => s.CopyLogEnd == 6);
        await eu.Broker.StopAsync();
        eu.Copy(isBack: false);
        await eu.StartBrokerAsync();
        await ProduceAsync(10, 2);
        await UntilAsync(s => s.CopyLogEnd == 10);
        await eu.Broker.StopAsync();
        eu.Copy(isBack: true);
        await eu.StartBrokerAsync();
        await ProduceAsync(20, 5);
        await UntilAsync(s => s.State == MirrorState.Failed || s.CopyLogEnd > 10);
        var status = us.Mirror.Status().Single(s => s.Region == "us");
        Assert.Equal((MirrorState.Failed, 10), (status.State, status.CopyLogEnd));
        Assert.Contains("are not those of the copy", status.Error, StringComparison.Ordinal);

        async Task ProduceAsync(int seed, int batches)
        {
            for (var i = 0; i < batches; i++)
            {
                await eu.ProduceAsync(id, 0, TestRegion.Batch(2, 100, seed + i));
            }
        }

        Task UntilAsync(Func<PartitionMirrorStatus, bool> condition) =>
            us.StatusAsync(status => status.Any(s => s.Region == "us" && condition(s)), limit.Token);
    }
}

using Federation.Control;
using Federation.Control.Ledger;
using Federation.Core.Homes;
using Federation.Core.Mirroring;
using Hosting;
using Kernel.Ids;
using Microsoft.Extensions.Logging.Abstractions;
using Protocol.Wire.Messages;
using Tests.Unit.Gateway;

namespace Tests.Unit.Control;

/// <summary>What becomes of requests to the control host.</summary>
public sealed class ControlNodeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("control-node-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_topic_whose_copy_needs_a_person_is_made_and_says_why_it_is_not_complete()
    {
        await using var broker = new FakeBroker();
        broker.Answer = r => new(new CreateTopicsResponse { Topics = [new() { Name = ((CreateTopicsRequest)r.Message).Topics[0].Name, TopicId = Guid.AllBitsSet }] });
        using var store = ControlStore.Open(_folder, Clock.System);
        store.Execute(new FederationCommand.JoinRegion(new RegionId("eu")));
        store.Execute(new FederationCommand.JoinRegion(new RegionId("us")));
        var options = new ControlOptions
        {
            Regions = [new(new RegionId("eu"), "127.0.0.1", broker.EndPoint.Port, "", "")],
            Mirrors = new FailedMirrors(),
            Clock = Clock.System,
            Logger = NullLogger.Instance,
        };
        await using var node = new ControlNode(options, store);
        var create = new FederationCommand.CreateTopic("demo", "t", 1, "eu", ["us"], new Dictionary<string, string>());
        var outcome = await node.CreateTopicAsync(create, adopt: false, CancellationToken.None);
        Assert.Equal((FederationError.None, false), (outcome.Error, outcome.IsComplete));
        Assert.Equal(("failed", "us: it is not touched"), (outcome.Topic?.State, outcome.Topic?.Reason));
    }

    private sealed class FailedMirrors : IMirrorView
    {
        public IReadOnlyList<PartitionMirrorStatus> StatusOf(RegionId region) => [new("demo.t", 0, "eu", "us", MirrorState.Failed, -1, -1, -1, "it is not touched")];

        public Task WaitUntilOpenAsync(FederatedTopic topic, RegionId region, CancellationToken cancel) => Task.FromException(new MirrorFailedException("it is not touched"));

        public IReadOnlyList<string> Troubles(RegionId region) => [];
    }
}

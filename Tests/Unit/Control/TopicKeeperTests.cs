using Federation.Control.Ledger;
using Federation.Control.Topics;
using Federation.Core.Homes;
using Hosting;
using Kernel.Ids;
using Microsoft.Extensions.Logging.Abstractions;
using Protocol.Wire;
using Protocol.Wire.Messages;
using Tests.Unit.Gateway;

namespace Tests.Unit.Control;

/// <summary>The keeper before one cluster, which stands for all regions.</summary>
public sealed class TopicKeeperTests : IAsyncDisposable
{
    private static readonly Guid FirstId = new("11111111-2222-3333-4444-555555555555");
    private static readonly Guid OtherId = new("99999999-8888-7777-6666-555555555555");
    private readonly string _folder = Directory.CreateTempSubdirectory("federation-keeper-").FullName;
    private readonly FakeBroker _broker = new();
    private readonly ControlStore _store;
    private readonly ClusterAdmin _admin;

    /// <summary>What the cluster has.</summary>
    private volatile ClusterTopic? _present;
    private volatile bool _refusesNew;
    private volatile string _name = "t";

    public TopicKeeperTests()
    {
        _store = ControlStore.Open(_folder, Clock.System);
        _store.Execute(new FederationCommand.JoinRegion(new RegionId("eu")));
        _broker.Answer = r => new(r.Message switch
        {
            CreateTopicsRequest create => new CreateTopicsResponse { Topics = [Created(create.Topics[0])] },
            DeleteTopicsRequest delete => new DeleteTopicsResponse { Responses = [Removed(delete.Topics[0], _present, () => _present = null)] },
            MetadataRequest => new MetadataResponse { Topics = [Known()] },
            _ => null,
        });
        _admin = new ClusterAdmin("127.0.0.1", _broker.EndPoint.Port, Clock.System);
    }

    public async ValueTask DisposeAsync()
    {
        await _admin.DisposeAsync();
        await _broker.DisposeAsync();
        _store.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(5, true)]
    [InlineData(2, false)]
    public async Task A_home_may_have_more_partitions_than_the_ledger_says_and_not_fewer(int partitions, bool isThere)
    {
        _present = new(FirstId, partitions);
        Create("t", partitions: 3);
        await using var keeper = Keeper();
        var (stands, reason) = await HomeAsync(keeper);
        Assert.Equal((isThere, isThere), (stands, reason is null));
        Assert.Equal(isThere ? FirstId : null, Topic.HomeId);
    }

    /// <summary>The federation was started again with fewer regions: their topics wait, and hold up nobody's creation or deletion.</summary>
    [Fact]
    public async Task A_region_that_does_not_run_holds_up_no_other_topic()
    {
        _store.Execute(new FederationCommand.JoinRegion(new RegionId("ap")));
        foreach (var name in (string[])["absent", "leaving"])
        {
            Assert.Equal(FederationError.None, _store.Execute(new FederationCommand.CreateTopic("demo", name, 1, "ap", ["eu"], new Dictionary<string, string>())).Error);
        }

        Create("going");
        _store.Execute(new FederationCommand.DeleteTopic("demo", "leaving"));
        _store.Execute(new FederationCommand.DeleteTopic("demo", "going"));
        Create("t");
        await using var keeper = Keeper();
        Assert.Equal((true, null), await HomeAsync(keeper));
        await Door.UntilAsync(() => !_store.Image.Leaving.ContainsKey("demo.going"));
        Assert.Contains("ap", keeper.HomeOf(_store.Image.Topics["demo.absent"]).Reason, StringComparison.Ordinal);
        Assert.True(_store.Image.Leaving.ContainsKey("demo.leaving"));
    }

    [Fact]
    public async Task A_home_that_was_made_and_vanished_is_not_made_anew()
    {
        Create("t");
        await using (var first = Keeper())
        {
            Assert.Equal((true, null), await HomeAsync(first));
        }

        Assert.Equal(FirstId, Topic.HomeId);
        _present = null;
        await using var again = Keeper();
        var (isThere, reason) = await HomeAsync(again);
        Assert.False(isThere);
        Assert.Contains("eu had the topic and lost it, with its records", reason, StringComparison.Ordinal);
        Assert.Single(_broker.RequestsOf(ApiKey.CreateTopics));
    }

    [Fact]
    public async Task Another_topic_of_the_name_is_not_the_home()
    {
        Create("t");
        await using (var first = Keeper())
        {
            Assert.Equal((true, null), await HomeAsync(first));
        }

        _present = new(OtherId, 1);
        await using var again = Keeper();
        var (isThere, reason) = await HomeAsync(again);
        Assert.False(isThere);
        Assert.Contains($"id {OtherId}, not {FirstId}", reason, StringComparison.Ordinal);
    }

    /// <summary>Whoever followed such advice would delete the schemas that the copies still have.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nobody_is_told_to_delete_a_schema_log(bool isReplaced)
    {
        _name = FederatedTopic.SchemaLogName;
        _store.Execute(new FederationCommand.JoinRegion(new RegionId("us")));
        Create(_name, mirrors: ["us"]);
        await using (var first = Keeper())
        {
            Assert.Equal((true, null), await HomeAsync(first));
        }

        _present = isReplaced ? new(OtherId, 1) : null;
        await using var again = Keeper();
        var (_, reason) = await HomeAsync(again);
        Assert.DoesNotContain("delete _schemas", reason, StringComparison.Ordinal);
        Assert.EndsWith("It is the log of the schema registry: the data of the region's broker have to come back from a backup; the copies in us have the schemas meanwhile",
            reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_home_that_an_older_ledger_does_not_tell_of_is_noted_when_it_is_seen()
    {
        _present = new(FirstId, 1);
        Create("t");
        Assert.Null(Topic.HomeId);
        await using var keeper = Keeper();
        Assert.Equal((true, null), await HomeAsync(keeper));
        Assert.Equal(FirstId, Topic.HomeId);
    }

    [Fact]
    public async Task A_ledger_that_cannot_be_written_does_not_end_the_care_for_the_topics()
    {
        Create("t");
        Create("gone");
        _store.Execute(new FederationCommand.DeleteTopic("demo", "gone"));
        _refusesNew = true;

        // From the first failure on, the log refuses with IOException, as on a full disk.
        _store.Dispose();
        Assert.ThrowsAny<Exception>(() => _store.Execute(new FederationCommand.JoinRegion(new RegionId("us"))));
        var keeper = Keeper();
        await Door.UntilAsync(() => _broker.RequestsOf(ApiKey.Metadata).Any());
        _refusesNew = false;
        await Door.UntilAsync(() => keeper.HomeOf(Topic).Reason?.Contains("the federation's ledger cannot be written", StringComparison.Ordinal) == true);
        Assert.True(_store.Image.Leaving.ContainsKey("demo.gone"));
        await keeper.DisposeAsync();
    }

    /// <summary>An ordinary topic of the name may be what was in the way of the copy, and why the topic is given up.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_topic_that_is_given_up_goes_from_a_mirrors_cluster_only_if_it_is_the_copy(bool isCopy)
    {
        ClusterTopic? standing = new(isCopy ? FirstId : OtherId, 1);
        await using var broker = new FakeBroker();
        broker.Answer = r => new(new DeleteTopicsResponse { Responses = [Removed(((DeleteTopicsRequest)r.Message).Topics[0], standing, () => standing = null)] });
        await using var us = new ClusterAdmin("127.0.0.1", broker.EndPoint.Port, Clock.System);
        _store.Execute(new FederationCommand.JoinRegion(new RegionId("us")));
        Create("t", mirrors: ["us"]);
        await using var keeper = Keeper(us);
        Assert.Equal((true, null), await HomeAsync(keeper));
        _store.Execute(new FederationCommand.DeleteTopic("demo", "t"));
        await Door.UntilAsync(() => !_store.Image.Leaving.ContainsKey("demo.t"));
        Assert.Null(_present);
        Assert.Equal(isCopy ? null : OtherId, standing?.Id);
    }

    [Fact]
    public async Task A_topic_that_was_never_taken_for_the_home_stays_when_the_name_is_given_up()
    {
        _present = new(OtherId, 2);
        Create("t", partitions: 3);
        await using var keeper = Keeper();
        Assert.Contains("2 partitions, not 3", (await HomeAsync(keeper)).Reason, StringComparison.Ordinal);
        _store.Execute(new FederationCommand.DeleteTopic("demo", "t"));
        await Door.UntilAsync(() => !_store.Image.Leaving.ContainsKey("demo.t"));
        Assert.Equal(OtherId, _present?.Id);
    }

    /// <summary>The ledger was not told of the home before the topic was given up: only the home's topic says what id the copies have.</summary>
    [Fact]
    public async Task A_home_that_was_not_noted_stands_until_its_copies_are_gone()
    {
        ClusterTopic? copy = new(FirstId, 1);
        var isFull = true;
        await using var broker = new FakeBroker();
        broker.Answer = r => new(new DeleteTopicsResponse
        {
            Responses =
            [
                Volatile.Read(ref isFull) ? new() { ErrorCode = (short)ErrorCode.KafkaStorageError }
                    : Removed(((DeleteTopicsRequest)r.Message).Topics[0], copy, () => copy = null),
            ],
        });
        await using var us = new ClusterAdmin("127.0.0.1", broker.EndPoint.Port, Clock.System);
        _store.Execute(new FederationCommand.JoinRegion(new RegionId("us")));
        Create("t", mirrors: ["us"]);
        _store.Execute(new FederationCommand.DeleteTopic("demo", "t"));
        _present = new(FirstId, 1);
        await using var keeper = Keeper(us);
        await Door.UntilAsync(() => broker.RequestsOf(ApiKey.DeleteTopics).Count() > 1);
        Assert.Equal(FirstId, _present?.Id);
        Volatile.Write(ref isFull, false);
        await Door.UntilAsync(() => !_store.Image.Leaving.ContainsKey("demo.t"));
        Assert.Equal((null, null), (copy, _present));
    }

    private FederatedTopic Topic => _store.Image.Topics[$"demo.{_name}"];

    /// <param name="us">The cluster of another region; none where only the home matters.</param>
    private TopicKeeper Keeper(ClusterAdmin? us = null)
    {
        var clusters = new Dictionary<RegionId, ClusterAdmin> { [new("eu")] = _admin };
        if (us is not null)
        {
            clusters.Add(new("us"), us);
        }

        return new(_store, clusters, NullLogger.Instance);
    }

    private void Create(string name, int partitions = 1, string[]? mirrors = null)
    {
        var create = new FederationCommand.CreateTopic("demo", name, partitions, "eu", mirrors ?? [], new Dictionary<string, string>());
        Assert.Equal(FederationError.None, _store.Execute(create).Error);
    }

    /// <summary>The home's state as soon as the keeper has an opinion.</summary>
    private async Task<(bool IsThere, string? Reason)> HomeAsync(TopicKeeper keeper)
    {
        await Door.UntilAsync(() => keeper.HomeOf(Topic) is { IsThere: true } or { Reason: not null });
        return keeper.HomeOf(Topic);
    }

    private CreateTopicsResponse.CreatableTopicResult Created(CreateTopicsRequest.CreatableTopic topic)
    {
        if (_refusesNew || _present is not null)
        {
            return new() { Name = topic.Name, ErrorCode = (short)(_refusesNew ? ErrorCode.PolicyViolation : ErrorCode.TopicAlreadyExists) };
        }

        _present = new(FirstId, topic.NumPartitions);
        return new() { Name = topic.Name, TopicId = FirstId };
    }

    /// <summary>What a cluster does that has one topic: by id it removes that one alone, by name whatever has the name.</summary>
    private static DeleteTopicsResponse.DeletableTopicResult Removed(DeleteTopicsRequest.DeleteTopicState which, ClusterTopic? present, Action remove)
    {
        if (which.Name is null && which.TopicId != present?.Id)
        {
            return new() { TopicId = which.TopicId, ErrorCode = (short)ErrorCode.UnknownTopicId };
        }

        remove();
        return new() { Name = which.Name, TopicId = which.TopicId };
    }

    private MetadataResponse.MetadataResponseTopic Known() => _present is { } present
        ? new()
        {
            Name = $"demo.{_name}",
            TopicId = present.Id,
            Partitions =
            [
                .. Enumerable.Range(0, present.Partitions)
                    .Select(p => new MetadataResponse.MetadataResponseTopic.MetadataResponsePartition { PartitionIndex = p }),
            ],
        }
        : new() { Name = $"demo.{_name}", ErrorCode = (short)ErrorCode.UnknownTopicOrPartition };
}

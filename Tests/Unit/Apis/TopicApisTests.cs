using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Tests.Unit.Apis;

public class TopicApisTests
{
    private static CreateTopicsRequest.CreatableTopic Topic(string name, int partitions = 1, short factor = 1, params (string Name, string? Value)[] configs) => new()
    {
        Name = name,
        NumPartitions = partitions,
        ReplicationFactor = factor,
        Configs = [.. configs.Select(c => new CreateTopicsRequest.CreatableTopic.CreatableTopicConfig { Name = c.Name, Value = c.Value })],
    };

    private static CreateTopicsRequest.CreatableTopic Assigned(int partitions, short factor, params (int Partition, int[] Brokers)[] assignments) => new()
    {
        Name = "t",
        NumPartitions = partitions,
        ReplicationFactor = factor,
        Assignments = [.. assignments.Select(a => new CreateTopicsRequest.CreatableTopic.CreatableReplicaAssignment { PartitionIndex = a.Partition, BrokerIds = [.. a.Brokers] })],
    };

    private static async Task<List<CreateTopicsResponse.CreatableTopicResult>> Create(
        ClusterApis apis, short version, bool validateOnly, params CreateTopicsRequest.CreatableTopic[] topics)
        => (await apis.CallAsync<CreateTopicsRequest, CreateTopicsResponse>(new CreateTopicsRequest { Topics = [.. topics], ValidateOnly = validateOnly }, version)).Topics;

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(7)]
    public async Task A_topic_is_made_and_described(short version)
    {
        using var apis = await ClusterApis.StartAsync();
        var result = Assert.Single(await Create(apis, version, false, Topic("t", 2, 1, ("retention.ms", " 5 "), ("retention.ms", "6"))));
        Assert.Equal((0, null), (result.ErrorCode, result.ErrorMessage));
        var made = apis.Metadata.Image.Find("t")!;
        Assert.Equal((2, "6"), (made.PartitionCount, made.Configs["retention.ms"]));
        if (version >= 5)
        {
            Assert.Equal((2, (short)1), (result.NumPartitions, result.ReplicationFactor));
            Assert.Equal(33, result.Configs!.Count);
            Assert.Equal(("6", (sbyte)1), (result.Configs!.Single(c => c.Name == "retention.ms").Value, result.Configs!.Single(c => c.Name == "retention.ms").ConfigSource));
            Assert.Equal((sbyte)3, result.Configs!.Single(c => c.Name == "min.insync.replicas").ConfigSource);
        }

        Assert.Equal(version >= 7 ? made.Id : Guid.Empty, result.TopicId);
    }

    [Fact]
    public async Task Settings_are_told_as_they_were_given_and_kept_as_they_are_read()
    {
        using var apis = await ClusterApis.StartAsync();
        var result = Assert.Single(await Create(apis, 7, false, Topic("t", 1, 1, ("retention.ms", " 5000 "), ("preallocate", "TRUE"))));
        var told = result.Configs!.ToDictionary(c => c.Name, c => c.Value);
        Assert.Equal((" 5000 ", "TRUE", "delete"), (told["retention.ms"], told["preallocate"], told["cleanup.policy"]));
        var kept = apis.Metadata.Image.Find("t")!.Configs;
        Assert.Equal(("5000", "true"), (kept["retention.ms"], kept["preallocate"]));
    }

    [Fact]
    public async Task Minus_one_asks_for_the_brokers_defaults()
    {
        using var apis = await ClusterApis.StartAsync(("num.partitions", "3"));
        Assert.Equal(0, Assert.Single(await Create(apis, 2, false, Topic("t", -1, -1))).ErrorCode);
        Assert.Equal(3, apis.Metadata.Image.Find("t")!.PartitionCount);
    }

    public static TheoryData<string, int, short, string?, string?, short> Refused => new()
    {
        { "bad", 0, 1, null, null, 37 },
        { "bad", -2, 1, null, null, 37 },
        { "bad", 1, 0, null, null, 38 },
        { "bad", 1, -2, null, null, 38 },
        { "bad", 1, 100, null, null, 38 },
        { "", 1, 1, null, null, 17 },
        { ".", 1, 1, null, null, 17 },
        { "..", 1, 1, null, null, 17 },
        { "a/b", 1, 1, null, null, 17 },
        { "a b", 1, 1, null, null, 17 },
        { "ä", 1, 1, null, null, 17 },
        { new string('l', 250), 1, 1, null, null, 17 },
        { "have_it", 1, 1, null, null, 17 },
        { "have.it", 1, 1, null, null, 36 },
        { "__consumer_offsets", 1, 1, null, null, 36 },
        { "__cluster_metadata", 1, 1, null, null, 42 },
        { "bad", 1, 1, "no.such.config", "1", 40 },
        { "bad", 1, 1, "log.retention.ms", "1", 40 },
        { "bad", 1, 1, "retention.ms", "abc", 40 },
        { "bad", 1, 1, "retention.ms", "", 40 },
        { "bad", 1, 1, "retention.ms", null, 40 },
        { "bad", 1, 1, "segment.bytes", "1", 40 },
        { "bad", 1, 1, "", "1", 40 },
        { "bad", 1, 1, "cleanup.policy", "shred", 40 },
        { "bad", 1, 1, "compression.type", "brotli", 40 },
        { "bad", 1, 1, "min.insync.replicas", "0", 40 },
        { "bad", 1, 1, "message.timestamp.type", "Never", 40 },
        { "bad", 1, 1, "remote.storage.enable", "true", 40 },
        { "bad", 1, 1, "preallocate", "maybe", 40 },
        { "bad", 1, 1, "min.cleanable.dirty.ratio", "2", 40 },
        { "bad", 10_001, 1, null, null, 44 },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task What_cannot_be_made_says_why_also_when_only_asked(string name, int partitions, short factor, string? config, string? value, short error)
    {
        using var apis = await ClusterApis.StartAsync();
        await apis.MakeAsync("have.it");
        foreach (var validateOnly in new[] { true, false })
        {
            var topic = config is null ? Topic(name, partitions, factor) : Topic(name, partitions, factor, (config, value));
            var result = Assert.Single(await Create(apis, 7, validateOnly, topic));
            Assert.Equal((error, Guid.Empty, -1, (short)-1), (result.ErrorCode, result.TopicId, result.NumPartitions, result.ReplicationFactor));
            Assert.False(string.IsNullOrEmpty(result.ErrorMessage));
        }

        Assert.Single(apis.Metadata.Image.Topics);
    }

    [Fact]
    public async Task Settings_that_contradict_each_other_are_refused()
    {
        using var apis = await ClusterApis.StartAsync();
        var result = Assert.Single(await Create(apis, 7, false, Topic("t", 1, 1, ("min.compaction.lag.ms", "100"), ("max.compaction.lag.ms", "10"))));
        Assert.Equal((short)ErrorCode.InvalidConfig, result.ErrorCode);
    }

    [Fact]
    public async Task Assignments_by_hand_are_checked()
    {
        using var apis = await ClusterApis.StartAsync();
        (CreateTopicsRequest.CreatableTopic Topic, ErrorCode Error)[] cases =
        [
            (Assigned(1, 1, (0, [1])), ErrorCode.InvalidRequest),
            (Assigned(-1, 1, (0, [1])), ErrorCode.InvalidRequest),
            (Assigned(-1, -1, (0, [4242])), ErrorCode.InvalidReplicaAssignment),
            (Assigned(-1, -1, (0, [1, 1])), ErrorCode.InvalidReplicaAssignment),
            (Assigned(-1, -1, (0, [])), ErrorCode.InvalidReplicaAssignment),
            (Assigned(-1, -1, (0, [1]), (2, [1])), ErrorCode.InvalidReplicaAssignment),
            (Assigned(-1, -1, (0, [1]), (0, [1])), ErrorCode.InvalidReplicaAssignment),
            (Assigned(-1, -1, (-1, [1])), ErrorCode.InvalidReplicaAssignment),
            (Assigned(-1, -1, (1, [1]), (0, [1])), ErrorCode.None),
        ];
        foreach (var (topic, error) in cases)
        {
            Assert.Equal((short)error, Assert.Single(await Create(apis, 7, false, topic)).ErrorCode);
        }

        Assert.Equal(2, apis.Metadata.Image.Find("t")!.PartitionCount);
    }

    [Fact]
    public async Task A_name_twice_is_refused_once_and_others_are_not_affected()
    {
        using var apis = await ClusterApis.StartAsync();
        var results = await Create(apis, 7, false, Topic("dup"), Topic("good"), Topic("dup"), Topic("a b"));
        Assert.Equal([("dup", 42), ("good", 0), ("a b", 17)], results.Select(r => (r.Name, (int)r.ErrorCode)));
        var colliding = await Create(apis, 7, false, Topic("c.d"), Topic("c_d"));
        Assert.Equal([0, 17], colliding.Select(r => (int)r.ErrorCode));
    }

    [Fact]
    public async Task Asking_only_makes_nothing()
    {
        using var apis = await ClusterApis.StartAsync();
        Assert.Equal(0, Assert.Single(await Create(apis, 7, true, Topic("t", 3))).ErrorCode);
        Assert.Empty(apis.Metadata.Image.Topics);
    }

    private static async Task<List<DeleteTopicsResponse.DeletableTopicResult>> Delete(ClusterApis apis, params (string? Name, Guid Id)[] topics)
        => (await apis.CallAsync<DeleteTopicsRequest, DeleteTopicsResponse>(
            new DeleteTopicsRequest { Topics = [.. topics.Select(t => new DeleteTopicsRequest.DeleteTopicState { Name = t.Name, TopicId = t.Id })] }, 6)).Responses;

    [Fact]
    public async Task Topics_are_deleted_by_name_or_id_and_come_back_with_another_id()
    {
        using var apis = await ClusterApis.StartAsync();
        var byName = await apis.MakeAsync("by-name");
        var byId = await apis.MakeAsync("by-id");
        var results = await Delete(apis, ("by-name", Guid.Empty), (null, byId.Id));
        Assert.Equal([("by-name", byName.Id, 0), ("by-id", byId.Id, 0)], results.Select(r => (r.Name, r.TopicId, (int)r.ErrorCode)));
        Assert.Empty(apis.Metadata.Image.Topics);
        Assert.NotEqual(byName.Id, (await apis.MakeAsync("by-name")).Id);
        Assert.Equal((null, 100), ((await Delete(apis, (null, byId.Id)))[0].Name, (await Delete(apis, (null, byId.Id)))[0].ErrorCode));

        var old = await apis.CallAsync<DeleteTopicsRequest, DeleteTopicsResponse>(new DeleteTopicsRequest { TopicNames = ["by-name", "none"] }, 1);
        Assert.Equal([0, 3], old.Responses.Select(r => (int)r.ErrorCode));
    }

    [Fact]
    public async Task Deletions_that_make_no_sense_delete_nothing()
    {
        using var apis = await ClusterApis.StartAsync();
        var topic = await apis.MakeAsync("t");
        Assert.Equal((3, Guid.Empty), ((await Delete(apis, ("a b", Guid.Empty)))[0].ErrorCode, (await Delete(apis, ("", Guid.Empty)))[0].TopicId));
        Assert.Equal((42, null), ((await Delete(apis, (null, Guid.Empty)))[0].ErrorCode, (await Delete(apis, (null, Guid.Empty)))[0].Name));
        Assert.Equal((42, topic.Id), ((await Delete(apis, ("t", topic.Id)))[0].ErrorCode, (await Delete(apis, ("t", topic.Id)))[0].TopicId));

        var twice = Assert.Single(await Delete(apis, ("t", Guid.Empty), ("t", Guid.Empty)));
        Assert.Equal((42, "t", Guid.Empty), (twice.ErrorCode, twice.Name, twice.TopicId));
        var both = Assert.Single(await Delete(apis, ("t", Guid.Empty), (null, topic.Id)));
        Assert.Equal((42, "t", topic.Id), (both.ErrorCode, both.Name, both.TopicId));
        Assert.Single(apis.Metadata.Image.Topics);
    }

    [Fact]
    public async Task Deletion_can_be_switched_off_and_the_brokers_topics_stay()
    {
        using var apis = await ClusterApis.StartAsync(("delete.topic.enable", "false"));
        await apis.MakeAsync("t");
        Assert.Equal((short)ErrorCode.TopicDeletionDisabled, (await Delete(apis, ("t", Guid.Empty)))[0].ErrorCode);
        using var others = await ClusterApis.StartAsync();
        await others.MakeAsync("__consumer_offsets");
        Assert.Equal((short)ErrorCode.PolicyViolation, (await Delete(others, ("__consumer_offsets", Guid.Empty)))[0].ErrorCode);
    }

    private static async Task<List<CreatePartitionsResponse.CreatePartitionsTopicResult>> Grow(
        ClusterApis apis, bool validateOnly, params (string Name, int Count, int[][]? Assignments)[] topics)
        => (await apis.CallAsync<CreatePartitionsRequest, CreatePartitionsResponse>(new CreatePartitionsRequest
        {
            ValidateOnly = validateOnly,
            Topics = [.. topics.Select(t => new CreatePartitionsRequest.CreatePartitionsTopic
            {
                Name = t.Name,
                Count = t.Count,
                Assignments = t.Assignments?.Select(a => new CreatePartitionsRequest.CreatePartitionsTopic.CreatePartitionsAssignment { BrokerIds = [.. a] }).ToList(),
            })],
        }, 3)).Results;

    [Fact]
    public async Task Partitions_are_added()
    {
        using var apis = await ClusterApis.StartAsync();
        await apis.MakeAsync("t", 2);
        Assert.Equal(0, (await Grow(apis, true, ("t", 4, null)))[0].ErrorCode);
        Assert.Equal(2, apis.Metadata.Image.Find("t")!.PartitionCount);
        Assert.Equal(0, (await Grow(apis, false, ("t", 4, null)))[0].ErrorCode);
        Assert.Equal(0, (await Grow(apis, false, ("t", 5, [[1]])))[0].ErrorCode);
        Assert.Equal(5, apis.Metadata.Image.Find("t")!.PartitionCount);
    }

    [Fact]
    public async Task Partitions_that_cannot_be_added_say_why()
    {
        using var apis = await ClusterApis.StartAsync();
        await apis.MakeAsync("t", 6);
        (string Name, int Count, int[][]? Assignments, ErrorCode Error)[] cases =
        [
            ("none", 4, null, ErrorCode.UnknownTopicOrPartition),
            ("a b", 7, null, ErrorCode.UnknownTopicOrPartition),
            ("", 7, null, ErrorCode.UnknownTopicOrPartition),
            ("t", 6, null, ErrorCode.InvalidPartitions),
            ("t", 1, null, ErrorCode.InvalidPartitions),
            ("t", 0, null, ErrorCode.InvalidPartitions),
            ("t", -1, null, ErrorCode.InvalidPartitions),
            ("t", 7, [], ErrorCode.InvalidReplicaAssignment),
            ("t", 7, [[1], [1]], ErrorCode.InvalidReplicaAssignment),
            ("t", 7, [[4242]], ErrorCode.InvalidReplicaAssignment),
            ("t", 7, [[1, 1]], ErrorCode.InvalidReplicaAssignment),
            ("t", 7, [[]], ErrorCode.InvalidReplicaAssignment),
            ("t", 2_000_000, null, ErrorCode.PolicyViolation),
        ];
        foreach (var (name, count, assignments, error) in cases)
        {
            Assert.Equal((short)error, Assert.Single(await Grow(apis, false, (name, count, assignments))).ErrorCode);
        }

        Assert.Equal((short)ErrorCode.InvalidRequest, Assert.Single(await Grow(apis, false, ("t", 8, null), ("t", 9, null))).ErrorCode);
        Assert.Equal(6, apis.Metadata.Image.Find("t")!.PartitionCount);
    }
}

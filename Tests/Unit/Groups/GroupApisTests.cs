using System.Buffers;
using System.Net;
using Broker.Core.Metadata;
using Broker.Node;
using Broker.Node.Apis;
using Broker.Node.Listening;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Framing;
using Protocol.Wire.Messages;

namespace Tests.Unit.Groups;

/// <summary>The group APIs of a whole node, called as its dispatcher calls them.</summary>
public sealed partial class GroupApisTests : IAsyncLifetime
{
    private const string Group = "g";

    private readonly string _directory = Directory.CreateTempSubdirectory("group-apis-").FullName;
    private BrokerNode _node = null!;
    private Guid _topic;

    public async ValueTask InitializeAsync()
    {
        await Start();
        _topic = await CreateTopic("t");
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task The_first_question_for_a_coordinator_makes_the_topic_and_names_the_listener()
    {
        Assert.Null(_node.Metadata.Image.Find("__consumer_offsets"));
        var found = await Call<FindCoordinatorRequest, FindCoordinatorResponse>(4, new() { CoordinatorKeys = ["b", "a", "b"] });
        Assert.Equal(["b", "a", "b"], found.Coordinators.Select(c => c.Key));
        Assert.All(found.Coordinators, c => Assert.Equal((0, 1, "advertised", 4711, ""), (c.ErrorCode, c.NodeId, c.Host, c.Port, c.ErrorMessage)));
        var topic = _node.Metadata.Image.Find("__consumer_offsets")!;
        Assert.Equal((3, "compact"), (topic.PartitionCount, topic.Configs["cleanup.policy"]));
    }

    [Theory]
    [InlineData(0, 3, "", ErrorCode.None)]
    [InlineData(2, 1, "t", ErrorCode.None)]
    [InlineData(2, 3, "g", ErrorCode.InvalidRequest)]
    [InlineData(5, 2, "g:AAAAAAAAAAAAAAAAAAAAAA:0", ErrorCode.InvalidRequest)]
    [InlineData(6, 2, "a:b:3vQgBoEeSZaFx5cmq1ixVA:0", ErrorCode.None)]
    [InlineData(6, 2, ":3vQgBoEeSZaFx5cmq1ixVA:0", ErrorCode.InvalidRequest)]
    [InlineData(6, 2, "g:zzz:0", ErrorCode.InvalidRequest)]
    [InlineData(6, 2, "g:3vQgBoEeSZaFx5cmq1ixVA:x", ErrorCode.InvalidRequest)]
    [InlineData(6, -1, "g", ErrorCode.InvalidRequest)]
    public async Task Kinds_of_coordinators(short version, sbyte type, string key, ErrorCode error)
    {
        var found = await Call<FindCoordinatorRequest, FindCoordinatorResponse>(version, new() { Key = key, KeyType = type, CoordinatorKeys = [key] });
        Assert.Equal((short)error, version >= 4 ? found.Coordinators[0].ErrorCode : found.ErrorCode);
        Assert.Equal(error == ErrorCode.None ? 1 : -1, version >= 4 ? found.Coordinators[0].NodeId : found.NodeId);
    }

    [Fact]
    public async Task A_member_lives_through_a_restart_of_the_node()
    {
        var member = await JoinAndSync();
        Assert.Equal(0, await Commit(10, 42, member, 1));
        await _node.DisposeAsync();
        await Start();
        Assert.Equal(42, await FetchWhenLoaded());
        var heartbeat = await Call<HeartbeatRequest, HeartbeatResponse>(4, new() { GroupId = Group, GenerationId = 1, MemberId = member });
        Assert.Equal(0, heartbeat.ErrorCode);
        var described = await Call<DescribeGroupsRequest, DescribeGroupsResponse>(6, new() { Groups = [Group, "none"], IncludeAuthorizedOperations = true });
        Assert.Equal(("Stable", "consumer", "range", 3400), (described.Groups[0].GroupState, described.Groups[0].ProtocolType, described.Groups[0].ProtocolData, described.Groups[0].AuthorizedOperations));
        Assert.Equal(("client", "/127.0.0.1"), (described.Groups[0].Members[0].ClientId, described.Groups[0].Members[0].ClientHost));
        Assert.Equal(((short)ErrorCode.GroupIdNotFound, "Dead"), (described.Groups[1].ErrorCode, described.Groups[1].GroupState));
    }

    [Fact]
    public async Task Positions_go_with_their_topic_and_do_not_come_back_with_its_name()
    {
        await Commit(9, 5);
        Assert.Equal(5, await Fetch());
        await _node.Metadata.ExecuteAsync(new ClusterCommand.DeleteTopics([new TopicReference("t", Guid.Empty)]));
        Assert.Equal(-1, await Fetch());
        _topic = await CreateTopic("t");
        Assert.Equal(-1, await Fetch());
        await Commit(9, 6);
        Assert.Equal(6, await Fetch());
    }

    [Theory]
    [InlineData(2, ErrorCode.UnknownTopicOrPartition)]
    [InlineData(9, ErrorCode.UnknownTopicOrPartition)]
    [InlineData(10, ErrorCode.UnknownTopicId)]
    public async Task Unknown_partitions_are_refused_one_by_one(short version, ErrorCode unknownTopic)
    {
        var reply = await Call<OffsetCommitRequest, OffsetCommitResponse>(version, new()
        {
            GroupId = Group,
            Topics =
            [
                new() { Name = "t", TopicId = _topic, Partitions = [new() { PartitionIndex = 9 }, new() { PartitionIndex = 1 }] },
                new() { Name = "no", TopicId = Guid.NewGuid(), Partitions = [new()] },
                new() { Name = "empty" },
            ],
        });
        Assert.Equal([(short)ErrorCode.UnknownTopicOrPartition, 0], reply.Topics[0].Partitions.Select(p => p.ErrorCode));
        Assert.Equal((short)unknownTopic, Assert.Single(reply.Topics[1].Partitions).ErrorCode);
        Assert.Equal(2, reply.Topics.Count);
    }

    [Theory]
    [InlineData(8, ErrorCode.IllegalGeneration)]
    [InlineData(9, ErrorCode.GroupIdNotFound)]
    public async Task A_generation_of_a_group_that_is_not_there(short version, ErrorCode error)
        => Assert.Equal((short)error, await Commit(version, 1, "m", 3));

    [Theory]
    [InlineData(6, "")]
    [InlineData(7, null)]
    public async Task Refused_joins_have_the_protocol_name_of_their_version(short version, string? name)
    {
        var joined = await Call<JoinGroupRequest, JoinGroupResponse>(version, new() { GroupId = "" });
        Assert.Equal(((short)ErrorCode.InvalidGroupId, name), (joined.ErrorCode, joined.ProtocolName));
    }

    [Fact]
    public async Task Strings_that_cannot_be_stored_are_refused()
    {
        // Each byte that is no UTF-8 becomes a character of three.
        var tooLong = new string('x', 20_000);
        static byte[] NoText(byte[] body) => [.. body.Select(b => b == 'x' ? (byte)0xFF : b)];
        var commit = await Call<OffsetCommitRequest, OffsetCommitResponse>(
            9, new() { GroupId = tooLong, Topics = [new() { Name = "t", Partitions = [new()] }] }, NoText);
        Assert.Equal((short)ErrorCode.InvalidGroupId, commit.Topics[0].Partitions[0].ErrorCode);
        var join = new JoinGroupRequest { GroupId = Group, SessionTimeoutMs = 10_000, ProtocolType = "consumer", Protocols = [new() { Name = tooLong }] };
        Assert.Equal((short)ErrorCode.InconsistentGroupProtocol, (await Call<JoinGroupRequest, JoinGroupResponse>(9, join, NoText)).ErrorCode);
    }

    [Fact]
    public async Task A_sync_of_version_5_has_to_say_the_protocol()
    {
        var member = await JoinAndSync();
        var sync = await Call<SyncGroupRequest, SyncGroupResponse>(5, new() { GroupId = Group, GenerationId = 1, MemberId = member });
        Assert.Equal((short)ErrorCode.InconsistentGroupProtocol, sync.ErrorCode);
    }

    [Fact]
    public async Task Listing_leaving_and_deleting()
    {
        var member = await JoinAndSync();
        Assert.Equal("Stable", Assert.Single((await List([], [])).Groups).GroupState);
        Assert.Single((await List(["sTABLE"], ["CLASSIC"])).Groups);
        Assert.Empty((await List(["Empty"], [])).Groups);
        Assert.Empty((await List([], ["consumer"])).Groups);

        Assert.Equal((short)ErrorCode.NonEmptyGroup, (await Delete()).Results[0].ErrorCode);
        Assert.Equal((short)ErrorCode.UnknownMemberId, (await Call<LeaveGroupRequest, LeaveGroupResponse>(2, new() { GroupId = Group, MemberId = "no" })).ErrorCode);
        var left = await Call<LeaveGroupRequest, LeaveGroupResponse>(5, new() { GroupId = Group, Members = [new() { MemberId = member }, new() { MemberId = "no" }] });
        Assert.Equal([0, (short)ErrorCode.UnknownMemberId], left.Members.Select(m => m.ErrorCode));
        Assert.Equal(0, Assert.Single((await Delete()).Results).ErrorCode);
        Assert.Equal((short)ErrorCode.GroupIdNotFound, (await Delete()).Results[0].ErrorCode);

        Task<DeleteGroupsResponse> Delete() => Call<DeleteGroupsRequest, DeleteGroupsResponse>(2, new() { GroupsNames = [Group, Group] });

        Task<ListGroupsResponse> List(List<string> states, List<string> types)
            => Call<ListGroupsRequest, ListGroupsResponse>(5, new() { StatesFilter = states, TypesFilter = types });
    }

    [Fact]
    public async Task Positions_are_read_in_every_form()
    {
        await Commit(9, 5);
        var one = await Call<OffsetFetchRequest, OffsetFetchResponse>(1, new() { GroupId = Group, Topics = [new() { Name = "t", PartitionIndexes = [0, 1] }, new() { Name = "no", PartitionIndexes = [0] }] });
        Assert.Equal([5, -1, -1], one.Topics.SelectMany(t => t.Partitions).Select(p => p.CommittedOffset));
        var all = await Call<OffsetFetchRequest, OffsetFetchResponse>(7, new() { GroupId = Group, Topics = null });
        Assert.Equal(5, Assert.Single(Assert.Single(all.Topics).Partitions).CommittedOffset);
        var many = await Call<OffsetFetchRequest, OffsetFetchResponse>(10, new()
        {
            Groups =
            [
                new() { GroupId = Group, Topics = [new() { TopicId = _topic, PartitionIndexes = [1, 0] }, new() { PartitionIndexes = [0] }] },
                new() { GroupId = Group, Topics = null },
                new() { GroupId = "none", Topics = null },
            ],
        });
        Assert.Equal([-1, 5], many.Groups[0].Topics[0].Partitions.Select(p => p.CommittedOffset));
        Assert.Equal((short)ErrorCode.UnknownTopicId, many.Groups[0].Topics[1].Partitions[0].ErrorCode);
        Assert.Equal(_topic, Assert.Single(many.Groups[1].Topics).TopicId);
        Assert.Empty(many.Groups[2].Topics);

        var deleted = await Call<OffsetDeleteRequest, OffsetDeleteResponse>(0, new() { GroupId = Group, Topics = [new() { Name = "t", Partitions = [new(), new() { PartitionIndex = 9 }] }] });
        Assert.Equal([0, (short)ErrorCode.UnknownTopicOrPartition], deleted.Topics[0].Partitions.Select(p => p.ErrorCode));
        Assert.Equal(-1, await Fetch());
    }

    private async Task Start() => _node = await BrokerNode.StartAsync(new BrokerOptions
    {
        DataDirectory = _directory,
        Listeners = [new Listener("PLAINTEXT", new IPEndPoint(IPAddress.Loopback, 0), "127.0.0.1", 0)],
        Flush = FlushMode.Os,
        Properties = new Dictionary<string, string> { ["group.initial.rebalance.delay.ms"] = "0", ["offsets.topic.num.partitions"] = "3" },
    });

    private async Task<Guid> CreateTopic(string name)
    {
        var reply = await _node.Metadata.ExecuteAsync(new ClusterCommand.CreateTopics([new NewTopic(name, 3, 1, [], [])], false, (ulong)Guid.NewGuid().GetHashCode()));
        return Assert.IsType<ClusterReply.Topics>(reply).Results[0].Id;
    }

    private async Task<string> JoinAndSync()
    {
        var joined = await Call<JoinGroupRequest, JoinGroupResponse>(3, new()
        {
            GroupId = Group,
            SessionTimeoutMs = 60_000,
            RebalanceTimeoutMs = 60_000,
            ProtocolType = "consumer",
            Protocols = [new() { Name = "range", Metadata = GroupWorld.Subscription("t") }],
        });
        Assert.Equal((0, 1), (joined.ErrorCode, joined.GenerationId));
        var synced = await Call<SyncGroupRequest, SyncGroupResponse>(2, new()
        {
            GroupId = Group,
            GenerationId = 1,
            MemberId = joined.MemberId,
            Assignments = [new() { MemberId = joined.MemberId, Assignment = "all"u8.ToArray() }],
        });
        Assert.Equal("all"u8.ToArray(), synced.Assignment.ToArray());
        return joined.MemberId;
    }

    private async Task<short> Commit(short version, long offset, string member = "", int generation = -1)
    {
        var reply = await Call<OffsetCommitRequest, OffsetCommitResponse>(version, new()
        {
            GroupId = Group,
            MemberId = member,
            GenerationIdOrMemberEpoch = generation,
            Topics = [new() { Name = "t", TopicId = _topic, Partitions = [new() { CommittedOffset = offset }] }],
        });
        return reply.Topics[0].Partitions[0].ErrorCode;
    }

    private async Task<long> Fetch() => (await FetchAnswer()).Groups[0].Topics[0].Partitions[0].CommittedOffset;

    private Task<OffsetFetchResponse> FetchAnswer()
        => Call<OffsetFetchRequest, OffsetFetchResponse>(9, new() { Groups = [new() { GroupId = Group, Topics = [new() { Name = "t", PartitionIndexes = [0] }] }] });

    private async Task<long> FetchWhenLoaded()
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var answer = await FetchAnswer();
            if (answer.Groups[0].ErrorCode != (short)ErrorCode.CoordinatorLoadInProgress)
            {
                return answer.Groups[0].Topics[0].Partitions[0].CommittedOffset;
            }

            Assert.False(late.IsCancellationRequested, "the groups are not loaded");
            await Task.Yield();
        }
    }

    private async Task<TResponse> Call<TRequest, TResponse>(short version, TRequest request, Func<byte[], byte[]>? change = null)
        where TRequest : class, IWireMessage<TRequest>, new()
        where TResponse : class, IWireMessage<TResponse>, new()
    {
        var key = TRequest.Key!.Value;
        using var body = new FrameWriter();
        request.Write(body, version);
        var bytes = ArrayPool<byte>.Shared.Rent(body.TotalBytes);
        (change?.Invoke(body.ToArray()) ?? body.ToArray()).CopyTo(bytes, 0);
        var frame = new ReceivedFrame(bytes, body.TotalBytes);
        var answer = await _node.Apis.Find((short)key)!.HandleAsync(new RequestContext
        {
            Header = new RequestHeader((short)key, version, 7, "client"),
            Frame = frame,
            Body = frame.Bytes,
            Connection = new ConnectionState("127.0.0.1", new Listener("PLAINTEXT", new IPEndPoint(IPAddress.Loopback, 0), "advertised", 4711)),
            Closed = CancellationToken.None,
        });
        using var sent = answer.Frame!;
        return Read<TResponse>(sent.ToArray(), key, version);
    }

    private static TResponse Read<TResponse>(byte[] frame, ApiKey key, short version)
        where TResponse : class, IWireMessage<TResponse>, new()
    {
        var reader = new WireReader(frame.AsMemory(sizeof(int)));
        Assert.Equal(7, ResponseHeader.ReadCorrelationId(ref reader, key, version));
        var response = new TResponse();
        response.Read(ref reader, version);
        Assert.Equal(0, reader.Remaining);
        return response;
    }
}

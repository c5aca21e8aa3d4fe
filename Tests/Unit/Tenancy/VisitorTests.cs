using Broker.Core.Groups;
using Federation.Core.Connections;
using Federation.Core.Tenancy;
using Kernel.Ids;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Messages;
using Tests.Unit.Gateway;

namespace Tests.Unit.Tenancy;

/// <summary>Every name of every request, in every version, is the tenant's own on the cluster, and comes back as it went.</summary>
public class VisitorTests
{
    private static readonly TenantView Acme = View("acme");
    private static readonly TenantView Demo = View("demo");

    public static TheoryData<ApiKey> Apis() => [.. ServedApis.All.Select(a => a.Key)];

    [Theory]
    [MemberData(nameof(Apis))]
    public void Requests_of_two_tenants_never_name_the_same(ApiKey key)
    {
        for (var version = WireTypes.Versions(key).Min; version <= WireTypes.Versions(key).Max; version++)
        {
            var acme = Names(Mapped(key, version, Acme), version);
            var demo = Names(Mapped(key, version, Demo), version);
            Assert.All(acme, name => Assert.StartsWith("acme.", name, StringComparison.Ordinal));
            Assert.Empty(acme.Intersect(demo));
        }
    }

    [Theory]
    [MemberData(nameof(Apis))]
    public void No_request_names_a_replica_or_the_cluster(ApiKey key)
    {
        for (var version = WireTypes.Versions(key).Min; version <= WireTypes.Versions(key).Max; version++)
        {
            foreach (var (meaning, field, value) in WireTypes.Fields(Mapped(key, version, Acme), version))
            {
                if (meaning == Meaning.BrokerId)
                {
                    Assert.True((int)value! is -1 or -2 or 7 or ToClusterVisitor.NoBroker, $"{key} {version} {field} = {value}");
                }

                if (meaning == Meaning.ClusterId)
                {
                    Assert.Null(value);
                }
            }
        }
    }

    [Fact]
    public void A_fetch_as_a_replica_reaches_no_broker()
    {
        var fetch = new FetchRequest { ReplicaId = Acme.NodeId, ReplicaState = new() { ReplicaId = Acme.NodeId } };
        fetch.Visit(new ToClusterVisitor(Acme, ApiKey.Fetch, realNodeId: 7, id => id), 14);
        fetch.Visit(new ToClusterVisitor(Acme, ApiKey.Fetch, realNodeId: 7, id => id), 17);
        Assert.Equal(ToClusterVisitor.NoBroker, fetch.ReplicaId);
        Assert.Equal(ToClusterVisitor.NoBroker, fetch.ReplicaState.ReplicaId);
    }

    [Fact]
    public void The_topics_inside_the_consumer_protocol_are_mapped_both_ways()
    {
        foreach (short version in new short[] { 0, 1, 2, 3 })
        {
            var bytes = Embedded(new ConsumerProtocolSubscription { Topics = ["a", "b"], OwnedPartitions = [new() { Topic = "c", Partitions = [1, 2] }], GenerationId = 5 }, version);
            var there = ConsumerProtocolNames.RewriteSubscription(bytes, Acme.Names.TopicToCluster);
            var read = new ConsumerProtocolSubscription();
            var reader = new WireReader(there[2..]);
            read.Read(ref reader, version);
            Assert.Equal(["acme.a", "acme.b"], read.Topics);
            if (version >= 1)
            {
                Assert.Equal("acme.c", Assert.Single(read.OwnedPartitions).Topic);
            }

            Assert.Equal(bytes, ConsumerProtocolNames.RewriteSubscription(there, Acme.Names.ToTenant).ToArray());

            var assignment = Embedded(new ConsumerProtocolAssignment { AssignedPartitions = [new() { Topic = "a", Partitions = [0] }], UserData = new byte[] { 9 } }, version);
            var mapped = ConsumerProtocolNames.RewriteAssignment(assignment, Acme.Names.TopicToCluster);
            Assert.NotEqual(assignment, mapped.ToArray());
            Assert.Equal(assignment, ConsumerProtocolNames.RewriteAssignment(mapped, Acme.Names.ToTenant).ToArray());
        }
    }

    /// <summary>The coordinator reads it as the last version it knows: names that it does not find there would cost a live group its positions.</summary>
    [Fact]
    public void A_version_of_the_consumer_protocol_from_the_future_begins_like_the_last_known_one()
    {
        var subscription = new ConsumerProtocolSubscription { Topics = ["a"], OwnedPartitions = [new() { Topic = "c", Partitions = [1] }] };
        byte[] bytes = [0, 99, .. Embedded(subscription, 3)[2..], 0xAB, 0xCD];
        var there = ConsumerProtocolNames.RewriteSubscription(bytes, Acme.Names.TopicToCluster);
        var topics = new HashSet<string>();
        Assert.True(SubscribedTopics.TryAdd(there, topics));
        Assert.Equal(["acme.a"], topics);
        Assert.Equal([0, 99], there[..2].ToArray());
        Assert.Equal([0xAB, 0xCD], there[^2..].ToArray());
        Assert.Equal(bytes, ConsumerProtocolNames.RewriteSubscription(there, Acme.Names.ToTenant).ToArray());

        var given = new ConsumerProtocolAssignment { AssignedPartitions = [new() { Topic = "a", Partitions = [0] }] };
        byte[] assignment = [0, 99, .. Embedded(given, 3)[2..], 0xAB];
        var mapped = ConsumerProtocolNames.RewriteAssignment(assignment, Acme.Names.TopicToCluster);
        Assert.Equal(assignment.Length + "acme.".Length, mapped.Length);
        Assert.Equal(assignment, ConsumerProtocolNames.RewriteAssignment(mapped, Acme.Names.ToTenant).ToArray());
    }

    [Fact]
    public void What_is_not_the_consumer_protocol_passes_unchanged()
    {
        byte[][] others = [[], [0], [0, 9, 1, 2], [0, 1, 0, 0, 0, 9], [255, 255, 0, 0]];
        foreach (var bytes in others)
        {
            Assert.Equal(bytes, ConsumerProtocolNames.RewriteSubscription(bytes, Acme.Names.TopicToCluster).ToArray());
        }

        var subscription = Embedded(new ConsumerProtocolSubscription { Topics = ["a"] }, 0);
        var join = new JoinGroupRequest { GroupId = "g", ProtocolType = "connect", Protocols = [new() { Name = "p", Metadata = subscription }] };
        join.Visit(new ToClusterVisitor(Acme, ApiKey.JoinGroup, 7, id => id, join.ProtocolType), 9);
        Assert.Equal(subscription, join.Protocols[0].Metadata.ToArray());
    }

    private static IWireMessage Mapped(ApiKey key, short version, TenantView view)
    {
        var request = WireTypes.NewRequest(key);
        new TenantFill(view.NodeId).Fill(request);
        request.Visit(new ToClusterVisitor(view, key, realNodeId: 7, id => id), version);
        return request;
    }

    private static List<string> Names(IWireMessage message, short version) =>
        [.. WireTypes.Fields(message, version)
            .Where(f => f.Meaning is Meaning.TopicName or Meaning.GroupId or Meaning.TransactionalId or Meaning.ResourceName or Meaning.CoordinatorKey && f.Value is not null)
            .Select(f => (string)f.Value!)];

    private static byte[] Embedded(IWireMessage message, short version)
    {
        using var writer = new FrameWriter();
        writer.WriteInt16(version);
        message.Write(writer, version);
        return writer.ToArray();
    }

    private static TenantView View(string tenant) => new(new TenantNames(new TenantId(tenant)), "virtual", 42, "gw", 9092, new RegionId("eu"));
}

using Federation.Core.Homes;
using Kernel.Ids;
using Kernel.Machines;

namespace Tests.Unit.Control;

public class FederationLedgerTests
{
    private static readonly Now Now = new(new Instant(0), 1_700_000_000_000);

    [Fact]
    public void A_region_keeps_its_slot_for_ever()
    {
        var ledger = new FederationLedger();
        Assert.Equal(0, Do(ledger, Join("eu")).Slot);
        Assert.Equal(1, Do(ledger, Join("us")).Slot);
        Assert.Equal(0, Do(ledger, Join("eu")).Slot);
        Assert.Equal(2, Do(ledger, Join("ap")).Slot);
    }

    [Fact]
    public void Deciding_changes_nothing()
    {
        var ledger = TwoRegions();
        var before = ledger.Image;
        Assert.Equal(FederationError.None, ledger.Decide(Create("orders", "eu", "us"), Now).Reply.Error);
        Assert.Same(before, ledger.Image);
    }

    [Theory]
    [InlineData("orders", "mars", null, 1, "'mars' is not a region here")]
    [InlineData("orders", "eu", "eu", 1, "eu is the home")]
    [InlineData("orders", "eu", "us,us", 1, "twice")]
    [InlineData("orders", "eu", "moon", 1, "'moon' is not a region here")]
    [InlineData("orders", "eu", "us", 0, "partitions")]
    [InlineData("orders", "eu", "us", 10_001, "partitions")]
    [InlineData("or ders", "eu", "us", 1, "' ' may not stand")]
    [InlineData("", "eu", "us", 1, "not a topic's name")]
    [InlineData("..", "eu", "us", 1, "not a topic's name")]
    [InlineData("__consumer_offsets", "eu", "us", 1, "Kafka's own")]
    [InlineData("__transaction_state", "eu", "us", 1, "Kafka's own")]
    [InlineData("__share_group_state", "eu", "us", 1, "Kafka's own")]
    [InlineData("__cluster_metadata", "eu", "us", 1, "Kafka's own")]
    public void What_makes_no_sense_is_refused_in_words(string name, string home, string? mirrors, int partitions, string because)
    {
        var reply = Do(TwoRegions(), new FederationCommand.CreateTopic("demo", name, partitions, home, mirrors?.Split(',') ?? [], new Dictionary<string, string>()));
        Assert.Equal(FederationError.Invalid, reply.Error);
        Assert.Contains(because, reply.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_has_room_for_the_tenant()
    {
        var ledger = TwoRegions();
        Assert.Equal(FederationError.None, Do(ledger, Create(new string('x', 244), "eu", "us")).Error);
        Assert.Equal(FederationError.Invalid, Do(ledger, Create(new string('y', 245), "eu", "us")).Error);
        Assert.Equal(249, ledger.Image.Topics.Values.Single().ClusterName.Length);
    }

    [Fact]
    public void A_deleted_name_is_free_only_when_no_cluster_has_it()
    {
        var ledger = TwoRegions();
        Do(ledger, Create("orders", "eu", "us"));
        Assert.Equal(FederationError.Conflict, Do(ledger, Create("orders", "us")).Error);
        Assert.Equal(FederationError.None, Do(ledger, new FederationCommand.DeleteTopic("demo", "orders")).Error);
        Assert.Empty(ledger.Image.Topics);
        Assert.Single(ledger.Image.Leaving);
        Assert.Equal(FederationError.Conflict, Do(ledger, Create("orders", "us")).Error);
        Assert.Equal(FederationError.NotFound, Do(ledger, new FederationCommand.DeleteTopic("demo", "orders")).Error);
        Do(ledger, new FederationCommand.ForgetTopic("demo", "orders"));
        Assert.Equal(FederationError.None, Do(ledger, Create("orders", "us")).Error);
    }

    internal static FederationLedger TwoRegions()
    {
        var ledger = new FederationLedger();
        Do(ledger, Join("eu"));
        Do(ledger, Join("us"));
        return ledger;
    }

    internal static FederationReply Do(FederationLedger ledger, FederationCommand command)
    {
        var decision = ledger.Decide(command, Now);
        foreach (var record in decision.Records)
        {
            ledger.Apply(record);
        }

        return decision.Reply;
    }

    internal static FederationCommand.CreateTopic Create(string name, string home, params string[] mirrors) =>
        new("demo", name, 3, home, mirrors, new Dictionary<string, string> { ["retention.ms"] = "-1" });

    private static FederationCommand.JoinRegion Join(string region) => new(new RegionId(region));
}

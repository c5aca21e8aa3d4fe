using Broker.Core.Metadata;
using Protocol.Wire;

namespace Tests.Unit.Metadata;

public class MirrorLedgerTests
{
    private static readonly Guid Id = new("11111111-1111-4111-8111-111111111111");

    private static ClusterReply.MirrorOpened Open(
        ClusterLedger ledger, long epoch = 1, string region = "eu", string name = "m", int partitions = 2, Guid? id = null, params (string Name, string? Value)[] configs)
        => (ClusterReply.MirrorOpened)ledger.Run(new ClusterCommand.OpenMirror(
            id ?? Id, name, partitions, region, epoch, [.. configs.Select(c => KeyValuePair.Create(c.Name, c.Value))]));

    [Fact]
    public void A_copy_has_the_sources_id_settings_and_partitions()
    {
        var ledger = Ledgers.Started();
        Assert.Equal(ErrorCode.None, Open(ledger, configs: ("retention.ms", "5")).Error);
        var topic = ledger.Image.Find(Id)!;
        Assert.Equal(("m", 2, new MirrorOrigin("eu", 1), "5"), (topic.Name, topic.PartitionCount, topic.Mirror, topic.Configs["retention.ms"]));
    }

    [Fact]
    public void Opening_again_changes_nothing()
    {
        var ledger = Ledgers.Started();
        Open(ledger, configs: ("retention.ms", "5"));
        var before = ledger.Image;
        Assert.Equal(ErrorCode.None, Open(ledger, configs: ("retention.ms", "5")).Error);
        Assert.Same(before, ledger.Image);
    }

    [Fact]
    public void Opening_again_brings_partitions_settings_and_epoch_up_to_date()
    {
        var ledger = Ledgers.Started();
        Open(ledger, configs: [("retention.ms", "5"), ("segment.ms", "7")]);
        Open(ledger, epoch: 3, partitions: 4, configs: ("retention.ms", "6"));
        var topic = ledger.Image.Find("m")!;
        Assert.Equal((4, 3L), (topic.PartitionCount, topic.Mirror!.FencingEpoch));
        Assert.Equal([KeyValuePair.Create("retention.ms", "6")], topic.Configs);
        Open(ledger, epoch: 3, partitions: 1, configs: ("retention.ms", "6"));
        Assert.Equal(4, ledger.Image.Find("m")!.PartitionCount);
    }

    [Fact]
    public void A_lower_epoch_is_fenced_and_the_epoch_never_falls()
    {
        var ledger = Ledgers.Started();
        Open(ledger, epoch: 5);
        Assert.Equal(ErrorCode.FencedLeaderEpoch, Open(ledger, epoch: 4).Error);
        Assert.Equal(new ClusterReply.Fenced(ErrorCode.None, 5), ledger.Run(new ClusterCommand.FenceMirror(Id, 3)));
        Assert.Equal(new ClusterReply.Fenced(ErrorCode.None, 8), ledger.Run(new ClusterCommand.FenceMirror(Id, 8)));
        Assert.Equal(8, ledger.Image.Find(Id)!.Mirror!.FencingEpoch);
        Assert.Equal(ErrorCode.UnknownTopicId, ((ClusterReply.Fenced)ledger.Run(new ClusterCommand.FenceMirror(Guid.NewGuid(), 1))).Error);
    }

    [Fact]
    public void Another_home_needs_a_higher_epoch()
    {
        var ledger = Ledgers.Started();
        Open(ledger, epoch: 5);
        Assert.Equal(ErrorCode.FencedLeaderEpoch, Open(ledger, epoch: 5, region: "us").Error);
        Assert.Equal(ErrorCode.None, Open(ledger, epoch: 6, region: "us").Error);
        Assert.Equal(new MirrorOrigin("us", 6), ledger.Image.Find(Id)!.Mirror);
    }

    [Fact]
    public void A_topic_of_the_name_that_is_not_this_mirror_stands_in_the_way()
    {
        var ledger = Ledgers.Started();
        ledger.Create(Ledgers.Topic("m"));
        Assert.Equal(ErrorCode.TopicAlreadyExists, Open(ledger).Error);
        Open(ledger, name: "other");
        Assert.Equal(ErrorCode.TopicAlreadyExists, Open(ledger, name: "renamed").Error);
    }

    [Theory]
    [InlineData("00000000-0000-0000-0000-000000000000", "eu", 1, 1)]
    [InlineData("11111111-1111-4111-8111-111111111111", "", 1, 1)]
    [InlineData("11111111-1111-4111-8111-111111111111", "eu", -1, 1)]
    [InlineData("11111111-1111-4111-8111-111111111111", "eu", 1, 0)]
    [InlineData("11111111-1111-4111-8111-111111111111", "eu", 1, 10_001)]
    public void What_cannot_be_is_refused(string id, string region, long epoch, int partitions)
        => Assert.Equal(ErrorCode.InvalidRequest, Open(Ledgers.Started(), epoch, region, partitions: partitions, id: Guid.Parse(id)).Error);

    [Fact]
    public void A_copy_gets_no_partitions_from_clients()
    {
        var ledger = Ledgers.Started();
        Open(ledger);
        var reply = (ClusterReply.Topics)ledger.Run(new ClusterCommand.CreatePartitions([new MorePartitions("m", 9, null)], false));
        Assert.Equal(ErrorCode.PolicyViolation, reply.Results[0].Error);
        Assert.Contains("eu", reply.Results[0].Message, StringComparison.Ordinal);
    }
}

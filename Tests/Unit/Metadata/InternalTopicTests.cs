using Broker.Core.Metadata;
using Protocol.Wire;
using static Tests.Unit.Metadata.Ledgers;

namespace Tests.Unit.Metadata;

/// <summary>What nobody may change about the topic that groups are kept in.</summary>
public class InternalTopicTests
{
    private readonly ClusterLedger _ledger = Started();

    public InternalTopicTests()
    {
        var topic = Topic(TopicNames.ConsumerOffsets, 3, ("cleanup.policy", "compact"), ("segment.bytes", "1048576"));
        Assert.Equal(ErrorCode.None, _ledger.Create(topic).Error);
    }

    [Fact]
    public void It_gets_no_more_partitions()
    {
        var reply = (ClusterReply.Topics)_ledger.Run(new ClusterCommand.CreatePartitions([new MorePartitions(TopicNames.ConsumerOffsets, 7, null)], false));
        Assert.Equal(ErrorCode.PolicyViolation, reply.Results[0].Error);
        Assert.Contains("belongs to the broker", reply.Results[0].Message);
        Assert.Equal(3, _ledger.Image.Find(TopicNames.ConsumerOffsets)!.PartitionCount);
    }

    [Fact]
    public void It_stays_compacted_and_is_not_given_to_retention()
    {
        ConfigChange[][] refused =
        [
            [Set("cleanup.policy", "delete")],
            [Set("cleanup.policy", "compact,delete")],
            [new("cleanup.policy", 2, "delete")],
            [Delete("cleanup.policy")],
        ];
        foreach (var changes in refused)
        {
            var result = _ledger.Alter(ConfigResourceType.Topic, TopicNames.ConsumerOffsets, changes);
            Assert.Equal(ErrorCode.PolicyViolation, result.Error);
            Assert.Contains("cleanup.policy=compact", result.Message);
        }

        // The older request takes away what it does not name.
        Assert.Equal(ErrorCode.PolicyViolation, Replace(Set("segment.ms", "3600000")).Error);
        Assert.Equal(ErrorCode.None, Replace(Set("segment.ms", "3600000"), Set("cleanup.policy", "compact")).Error);
        Assert.Equal(ErrorCode.None, _ledger.Alter(ConfigResourceType.Topic, TopicNames.ConsumerOffsets, Set("segment.bytes", "2097152")).Error);
        Assert.Equal("compact", _ledger.Image.Find(TopicNames.ConsumerOffsets)!.Configs["cleanup.policy"]);
    }

    private ConfigResult Replace(params ConfigChange[] changes)
    {
        var all = new ConfigChanges((sbyte)ConfigResourceType.Topic, TopicNames.ConsumerOffsets, changes, Replaces: true);
        return Assert.Single(((ClusterReply.Configs)_ledger.Run(new ClusterCommand.AlterConfigs([all], false))).Results);
    }
}

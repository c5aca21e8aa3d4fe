using System.Buffers;
using Broker.Core.Metadata;
using CsCheck;

namespace Tests.Unit.Metadata;

public class LedgerPropertyTests
{
    private static readonly string[] Names = ["a", "b", "a.b", "a_b", "c", "..", "", "__cluster_metadata", "x y"];
    private static readonly string?[] Values = ["1", "60000", "x", "", null, "compact", "delete"];
    private static readonly string[] Settings = ["retention.ms", "cleanup.policy", "segment.bytes", "no.such", "log.retention.ms", "interval.ms", "consumer.session.timeout.ms"];
    private static readonly Guid[] Ids = [Guid.Empty, new("11111111-1111-4111-8111-111111111111"), new("22222222-2222-4222-8222-222222222222")];

    private static readonly Gen<KeyValuePair<string, string?>> Setting
        = Gen.Select(Gen.OneOf(Settings), Gen.OneOf(Values), (name, value) => KeyValuePair.Create(name, value));

    private static readonly Gen<NewTopic> NewTopic = Gen.Select(Gen.OneOf(Names), Gen.Int[-2, 4], Gen.Short[-1, 2], Setting.Array[0, 2],
        (name, partitions, factor, configs) => new NewTopic(name, partitions, factor, [], configs));

    private static readonly Gen<ClusterCommand> Command = Gen.OneOf<ClusterCommand>(
        Gen.Const<ClusterCommand>(new ClusterCommand.StartBroker("cluster")),
        Gen.Select(NewTopic.Array[1, 3], Gen.Bool, Gen.ULong, (topics, validate, entropy) => (ClusterCommand)new ClusterCommand.CreateTopics(topics, validate, entropy)),
        Gen.OneOf(Names).Array[1, 2].Select(names => (ClusterCommand)new ClusterCommand.DeleteTopics([.. names.Select(n => new TopicReference(n, Guid.Empty))])),
        Gen.Select(Gen.OneOf(Names), Gen.Int[0, 6], (name, count) => (ClusterCommand)new ClusterCommand.CreatePartitions([new MorePartitions(name, count, null)], false)),
        Gen.Select(Gen.OneOf<sbyte>(2, 4, 8, 16, 32, 77), Gen.OneOf("a", "b", "", "1"), Gen.OneOf(Settings), Gen.SByte[-1, 4], Gen.OneOf(Values),
            (type, resource, name, operation, value) => (ClusterCommand)new ClusterCommand.AlterConfigs([new ConfigChanges(type, resource, [new ConfigChange(name, operation, value)])], false)),
        Gen.Int[1, 1000].Select(count => (ClusterCommand)new ClusterCommand.AllocateProducerIds(count)),
        Gen.Select(Gen.OneOf(Ids), Gen.OneOf(Names), Gen.Int[0, 4], Gen.OneOf("eu", "us", ""), Gen.Long[-1, 5],
            (id, name, partitions, region, epoch) => (ClusterCommand)new ClusterCommand.OpenMirror(id, name, partitions, region, epoch, [])),
        Gen.Select(Gen.OneOf(Ids), Gen.Long[-1, 9], (id, epoch) => (ClusterCommand)new ClusterCommand.FenceMirror(id, epoch)));

    [Fact]
    public void Deciding_changes_nothing() => Command.Array[1, 30].Sample(commands =>
    {
        var ledger = Ledgers.Started();
        foreach (var command in commands)
        {
            var before = ledger.Image;
            var decision = ledger.Decide(command, Ledgers.Now);
            Assert.Same(before, ledger.Image);

            // And the same question has the same answer, since nothing was remembered.
            Assert.Equal(decision.Records.Count, ledger.Decide(command, Ledgers.Now).Records.Count);
            foreach (var record in decision.Records)
            {
                ledger.Apply(record);
            }
        }
    }, iter: 500);

    [Fact]
    public void Replaying_the_log_gives_the_same_image() => Command.Array[1, 40].Sample(commands =>
    {
        var ledger = Ledgers.Started();
        var bytes = new ArrayBufferWriter<byte>();
        bytes.Write(MetadataLogFormat.NewFile(ClusterImage.Empty));
        MetadataLogFormat.WriteEntry(bytes, 0, new ClusterLedger().Decide(new ClusterCommand.StartBroker("cluster"), Ledgers.Now).Records.ToList());
        foreach (var command in commands)
        {
            var records = ledger.Decide(command, Ledgers.Now).Records;
            if (records.Count > 0)
            {
                MetadataLogFormat.WriteEntry(bytes, ledger.Image.Version, records.ToList());
            }

            foreach (var record in records)
            {
                ledger.Apply(record);
            }
        }

        var replayed = new ClusterLedger();
        Assert.Equal(bytes.WrittenCount, MetadataLogFormat.Replay(bytes.WrittenSpan, replayed));
        Assert.Equal(ledger.Image.Describe(), replayed.Image.Describe());

        var restored = new ClusterLedger();
        MetadataLogFormat.Replay(MetadataLogFormat.NewFile(ledger.Image), restored);
        Assert.Equal(ledger.Image.Describe(), restored.Image.Describe());
    }, iter: 500);

    [Fact]
    public void Outdated_records_are_passed_over()
    {
        var ledger = Ledgers.Started();
        var topic = ledger.Create(Ledgers.Topic("a", 3)).Topic!;
        var before = ledger.Image;
        ledger.Apply(new ClusterRecord.TopicCreated(topic.Id, "other", 1, [], null, 0));
        ledger.Apply(new ClusterRecord.TopicCreated(Guid.NewGuid(), "a", 1, [], null, 0));
        ledger.Apply(new ClusterRecord.PartitionsAdded(topic.Id, 2));
        ledger.Apply(new ClusterRecord.TopicDeleted(Guid.NewGuid()));
        ledger.Apply(new ClusterRecord.MirrorFenced(topic.Id, 5));
        ledger.Apply(new ClusterRecord.ProducerIdsAllocated(-1));
        ledger.Apply(new ClusterRecord.BrokerStarted(0));
        Assert.Equal((before with { Version = before.Version + 7 }).Describe(), ledger.Image.Describe());
    }

    [Fact]
    public void An_image_of_ten_thousand_topics_is_kept_by_those_who_hold_it()
    {
        var ledger = Ledgers.Started();
        ledger.Run(new ClusterCommand.CreateTopics([.. Enumerable.Range(0, 10_000).Select(i => Ledgers.Topic($"t{i}"))], false, 1));
        var held = ledger.Image;
        ledger.Create(Ledgers.Topic("one-more"));
        Assert.Equal(10_000, held.Topics.Count);
        Assert.Equal(10_001, ledger.Image.Topics.Count);
        Assert.Same(held.Find("t5000"), ledger.Image.Find("t5000"));
    }
}

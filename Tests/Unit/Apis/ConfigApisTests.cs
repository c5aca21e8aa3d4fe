using Kernel;
using Protocol.Wire;
using Protocol.Wire.Messages;
using Entry = Protocol.Wire.Messages.DescribeConfigsResponse.DescribeConfigsResult.DescribeConfigsResourceResult;

namespace Tests.Unit.Apis;

public class ConfigApisTests
{
    private const sbyte Topic = 2;
    private const sbyte Broker = 4;
    private const sbyte Logger = 8;
    private const sbyte Metrics = 16;
    private const sbyte Group = 32;

    private static async Task<DescribeConfigsResponse.DescribeConfigsResult> Describe(ClusterApis apis, sbyte type, string name, params string[] keys)
    {
        var request = new DescribeConfigsRequest
        {
            IncludeSynonyms = true,
            IncludeDocumentation = true,
            Resources = [new() { ResourceType = type, ResourceName = name, ConfigurationKeys = keys.Length == 0 ? null : [.. keys] }],
        };
        return Assert.Single((await apis.CallAsync<DescribeConfigsRequest, DescribeConfigsResponse>(request, 4)).Results);
    }

    private static async Task<Entry> One(ClusterApis apis, sbyte type, string name, string key) => Assert.Single((await Describe(apis, type, name, key)).Configs);

    private static string Synonyms(Entry entry) => string.Join(' ', entry.Synonyms.Select(s => $"{s.Name}={s.Value}/{s.Source}"));

    private static async Task<ErrorCode> Alter(ClusterApis apis, sbyte type, string name, bool validateOnly, params (string Name, sbyte Operation, string? Value)[] changes)
    {
        var request = new IncrementalAlterConfigsRequest
        {
            ValidateOnly = validateOnly,
            Resources = [new()
            {
                ResourceType = type,
                ResourceName = name,
                Configs = [.. changes.Select(c => new IncrementalAlterConfigsRequest.AlterConfigsResource.AlterableConfig { Name = c.Name, ConfigOperation = c.Operation, Value = c.Value })],
            }],
        };
        var result = Assert.Single((await apis.CallAsync<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(request, 1)).Responses);
        Assert.Equal((type, name), (result.ResourceType, result.ResourceName));
        Assert.Equal((ErrorCode)result.ErrorCode is ErrorCode.None or ErrorCode.UnknownServerError, result.ErrorMessage is null);
        return (ErrorCode)result.ErrorCode;
    }

    [Fact]
    public async Task A_topic_has_33_settings_each_with_its_source()
    {
        using var apis = await ClusterApis.StartAsync();
        await apis.MakeAsync("t");
        var result = await Describe(apis, Topic, "t");
        Assert.Equal((0, "", 33), (result.ErrorCode, result.ErrorMessage, result.Configs.Count));
        Assert.All(result.Configs, c => Assert.Equal(c.Name == "min.insync.replicas" ? 3 : 5, c.ConfigSource));
        Assert.All(result.Configs, c => Assert.False(c.ReadOnly || c.IsSensitive || c.Documentation is null));
    }

    [Theory]
    [InlineData("retention.ms", "604800000", 5, "")]
    [InlineData("segment.bytes", "1073741824", 3, "log.segment.bytes=1073741824/5")]
    [InlineData("min.insync.replicas", "1", 3, "min.insync.replicas=1/3 min.insync.replicas=1/5")]
    [InlineData("flush.ms", "9223372036854775807", 5, "")]
    [InlineData("cleanup.policy", "delete", 7, "log.cleanup.policy=delete/5")]
    [InlineData("min.cleanable.dirty.ratio", "0.5", 6, "log.cleaner.min.cleanable.ratio=0.5/5")]
    [InlineData("leader.replication.throttled.replicas", "", 7, "")]
    [InlineData("preallocate", "false", 1, "log.preallocate=false/5")]
    public async Task Defaults_are_told_as_kafka_tells_them(string name, string value, sbyte type, string synonyms)
    {
        using var apis = await ClusterApis.StartAsync();
        await apis.MakeAsync("t");
        var entry = await One(apis, Topic, "t", name);
        Assert.Equal((value, type, synonyms), (entry.Value, entry.ConfigType, Synonyms(entry)));
    }

    [Fact]
    public async Task A_cluster_default_reaches_topics_and_goes_again()
    {
        using var apis = await ClusterApis.StartAsync();
        await apis.MakeAsync("t");
        Assert.Equal(ErrorCode.None, await Alter(apis, Broker, "", false, ("log.retention.ms", 0, "86400000")));
        var entry = await One(apis, Topic, "t", "retention.ms");
        Assert.Equal(("86400000", (sbyte)3, "log.retention.ms=86400000/3 log.retention.hours=168/5"), (entry.Value, entry.ConfigSource, Synonyms(entry)));
        Assert.Equal(["log.retention.ms", "min.insync.replicas"], (await Describe(apis, Broker, "")).Configs.Select(c => c.Name));

        Assert.Equal(ErrorCode.None, await Alter(apis, Broker, "", false, ("log.retention.ms", 1, null)));
        Assert.Equal("604800000", (await One(apis, Topic, "t", "retention.ms")).Value);
        Assert.Equal(["min.insync.replicas"], (await Describe(apis, Broker, "")).Configs.Select(c => c.Name));
    }

    [Fact]
    public async Task Own_beats_broker_beats_cluster_beats_start()
    {
        using var apis = await ClusterApis.StartAsync(("message.max.bytes", "1"), ("log.retention.hours", "2"));
        await apis.MakeAsync("t");
        Assert.Equal("7200000", (await One(apis, Topic, "t", "retention.ms")).Value);
        await Alter(apis, Broker, "", false, ("message.max.bytes", 0, "2"));
        await Alter(apis, Broker, "1", false, ("message.max.bytes", 0, "3"));
        await Alter(apis, Topic, "t", false, ("max.message.bytes", 0, "4"));
        var entry = await One(apis, Topic, "t", "max.message.bytes");
        Assert.Equal("max.message.bytes=4/1 message.max.bytes=3/2 message.max.bytes=2/3 message.max.bytes=1/4 message.max.bytes=1048588/5", Synonyms(entry));
        Assert.Equal("4", entry.Value);
    }

    [Fact]
    public async Task A_broker_has_340_settings_and_shows_no_secret()
    {
        using var apis = await ClusterApis.StartAsync(("ssl.key.password", "secret"), ("offsets.topic.num.partitions", "5"));
        var all = (await Describe(apis, Broker, "1")).Configs.ToDictionary(c => c.Name);
        Assert.Equal(340, all.Count);
        Assert.Equal((null, true, "ssl.key.password=/4"), (all["ssl.key.password"].Value, all["ssl.key.password"].IsSensitive, Synonyms(all["ssl.key.password"])));
        Assert.Equal(("5", true, (sbyte)4), (all["offsets.topic.num.partitions"].Value, all["offsets.topic.num.partitions"].ReadOnly, all["offsets.topic.num.partitions"].ConfigSource));
        Assert.Equal("offsets.topic.num.partitions=5/4 offsets.topic.num.partitions=50/5", Synonyms(all["offsets.topic.num.partitions"]));
        Assert.Equal((null, ""), (all["log.retention.ms"].Value, Synonyms(all["log.retention.ms"])));
        Assert.False(all["log.retention.ms"].ReadOnly);
    }

    [Theory]
    [InlineData(Topic, "none", 3)]
    [InlineData(Topic, "a b", 17)]
    [InlineData(Topic, "", 17)]
    [InlineData(Broker, "4242", 42)]
    [InlineData(Broker, "abc", 42)]
    [InlineData(Logger, "4242", 42)]
    [InlineData(Metrics, "", 42)]
    [InlineData(Group, "", 42)]
    [InlineData((sbyte)0, "x", 42)]
    [InlineData((sbyte)77, "x", 42)]
    [InlineData((sbyte)-1, "x", 42)]
    public async Task What_cannot_be_described_says_why(sbyte type, string name, short error)
    {
        using var apis = await ClusterApis.StartAsync();
        var result = await Describe(apis, type, name);
        Assert.Equal((error, 0), (result.ErrorCode, result.Configs.Count));
        Assert.False(string.IsNullOrEmpty(result.ErrorMessage));
    }

    [Fact]
    public async Task Changes_of_a_topic_are_made_one_by_one_and_seen()
    {
        using var apis = await ClusterApis.StartAsync();
        await apis.MakeAsync("t");
        (string Name, sbyte Operation, string? Value, ErrorCode Error, string Seen)[] steps =
        [
            ("cleanup.policy", 2, "compact", ErrorCode.None, "delete,compact"),
            ("cleanup.policy", 2, "compact", ErrorCode.None, "delete,compact"),
            ("cleanup.policy", 3, "delete", ErrorCode.None, "compact"),
            ("cleanup.policy", 3, "delete", ErrorCode.None, "compact"),
            ("cleanup.policy", 3, "compact", ErrorCode.None, ""),
            ("cleanup.policy", 2, "shred", ErrorCode.InvalidConfig, ""),
            ("cleanup.policy", 2, null, ErrorCode.InvalidRequest, ""),
            ("cleanup.policy", 1, "ignored", ErrorCode.None, "delete"),
            ("retention.ms", 0, " 99 ", ErrorCode.None, "99"),
            ("retention.ms", 0, "", ErrorCode.InvalidConfig, "99"),
            ("retention.ms", 0, "1.5", ErrorCode.InvalidConfig, "99"),
            ("retention.ms", 0, "-2", ErrorCode.InvalidConfig, "99"),
            ("retention.ms", 0, null, ErrorCode.InvalidRequest, "99"),
            ("retention.ms", 2, "5", ErrorCode.InvalidConfig, "99"),
            ("retention.ms", 4, "5", ErrorCode.UnknownServerError, "99"),
            ("retention.ms", -1, "5", ErrorCode.UnknownServerError, "99"),
            ("unclean.leader.election.enable", 0, "yes", ErrorCode.InvalidConfig, "false"),
            ("unclean.leader.election.enable", 0, "TRUE", ErrorCode.None, "true"),
            ("compression.type", 0, "GZIP", ErrorCode.InvalidConfig, "producer"),
            ("leader.replication.throttled.replicas", 0, "0:1", ErrorCode.None, "0:1"),
            ("leader.replication.throttled.replicas", 0, "x", ErrorCode.InvalidConfig, "0:1"),
            ("min.insync.replicas", 0, "5", ErrorCode.None, "5"),
        ];
        foreach (var (name, operation, value, error, seen) in steps)
        {
            Assert.Equal(error, await Alter(apis, Topic, "t", true, (name, operation, value)));
            Assert.Equal(error, await Alter(apis, Topic, "t", false, (name, operation, value)));
            Assert.Equal(seen, (await One(apis, Topic, "t", name)).Value);
        }
    }

    [Fact]
    public async Task Changes_of_a_resource_are_made_all_or_none()
    {
        using var apis = await ClusterApis.StartAsync();
        await apis.MakeAsync("t");
        Assert.Equal(ErrorCode.InvalidConfig, await Alter(apis, Topic, "t", false, ("retention.ms", 0, "1"), ("segment.ms", 0, "x")));
        Assert.Equal(ErrorCode.InvalidRequest, await Alter(apis, Topic, "t", false, ("retention.ms", 0, "1"), ("retention.ms", 0, "2")));
        Assert.Equal(ErrorCode.InvalidRequest, await Alter(apis, Topic, "t", false, ("retention.ms", 0, "1"), ("retention.ms", 1, null)));
        Assert.Empty(apis.Metadata.Image.Find("t")!.Configs);
        Assert.Equal(ErrorCode.None, await Alter(apis, Topic, "t", false, ("retention.ms", 0, "1"), ("segment.ms", 0, "2")));
        Assert.Equal(2, apis.Metadata.Image.Find("t")!.Configs.Count);
        Assert.Equal(ErrorCode.None, await Alter(apis, Topic, "t", false));
    }

    [Theory]
    [InlineData(Topic, "t", "no.such.key", "1", ErrorCode.InvalidConfig)]
    [InlineData(Topic, "t", "", "1", ErrorCode.InvalidConfig)]
    [InlineData(Topic, "t", "message.format.version", "3.0", ErrorCode.InvalidConfig)]
    [InlineData(Topic, "none", "retention.ms", "1", ErrorCode.UnknownTopicOrPartition)]
    [InlineData(Topic, "a b", "retention.ms", "1", ErrorCode.InvalidTopicException)]
    [InlineData(Topic, "", "retention.ms", "1", ErrorCode.InvalidRequest)]
    [InlineData((sbyte)0, "x", "retention.ms", "1", ErrorCode.InvalidRequest)]
    [InlineData((sbyte)64, "x", "retention.ms", "1", ErrorCode.InvalidRequest)]
    [InlineData(Broker, "1", "log.cleaner.threads", "2", ErrorCode.None)]
    [InlineData(Broker, "1", "log.cleaner.threads", "x", ErrorCode.InvalidRequest)]
    [InlineData(Broker, "1", "num.partitions", "7", ErrorCode.InvalidRequest)]
    [InlineData(Broker, "1", "node.id", "7", ErrorCode.InvalidRequest)]
    [InlineData(Broker, "1", "no.such.key", "2", ErrorCode.None)]
    [InlineData(Broker, "1", "message.max.bytes", "-1", ErrorCode.InvalidRequest)]
    [InlineData(Broker, "1", "compression.type", "brotli", ErrorCode.InvalidRequest)]
    [InlineData(Broker, "", "listeners", "PLAINTEXT://:1", ErrorCode.InvalidRequest)]
    [InlineData(Broker, "4242", "log.cleaner.threads", "2", ErrorCode.InvalidRequest)]
    [InlineData(Broker, "abc", "log.cleaner.threads", "2", ErrorCode.InvalidRequest)]
    [InlineData(Logger, "1", "no.such.Logger", "INFO", ErrorCode.InvalidConfig)]
    [InlineData(Metrics, "cm", "interval.ms", "60000", ErrorCode.None)]
    [InlineData(Metrics, "cm", "interval.ms", "99", ErrorCode.InvalidRequest)]
    [InlineData(Metrics, "cm", "interval.ms", "x", ErrorCode.InvalidConfig)]
    [InlineData(Metrics, "cm", "match", "client_id=(", ErrorCode.InvalidConfig)]
    [InlineData(Metrics, "cm", "match", "colour=red", ErrorCode.InvalidConfig)]
    [InlineData(Metrics, "cm", "match", "client_id=a.*,client_source_port=1", ErrorCode.None)]
    [InlineData(Metrics, "cm", "zz", "1", ErrorCode.InvalidRequest)]
    [InlineData(Metrics, "", "interval.ms", "60000", ErrorCode.InvalidRequest)]
    [InlineData(Group, "g", "consumer.heartbeat.interval.ms", "6000", ErrorCode.None)]
    [InlineData(Group, "g", "consumer.heartbeat.interval.ms", "1", ErrorCode.InvalidConfig)]
    [InlineData(Group, "g", "consumer.session.timeout.ms", "5000", ErrorCode.InvalidConfig)]
    [InlineData(Group, "g", "share.partition.max.record.locks", "3000", ErrorCode.InvalidConfig)]
    [InlineData(Group, "g", "share.isolation.level", "read_committed", ErrorCode.None)]
    [InlineData(Group, "g", "share.auto.offset.reset", "by_duration:PT1H", ErrorCode.None)]
    [InlineData(Group, "g", "share.auto.offset.reset", "by_duration:x", ErrorCode.InvalidConfig)]
    [InlineData(Group, "g", "share.auto.offset.reset", "never", ErrorCode.InvalidConfig)]
    [InlineData(Group, "g", "zz", "1", ErrorCode.InvalidConfig)]
    [InlineData(Group, "", "consumer.heartbeat.interval.ms", "6000", ErrorCode.InvalidRequest)]
    public async Task One_change_and_its_answer(sbyte type, string name, string key, string value, ErrorCode error)
    {
        using var apis = await ClusterApis.StartAsync();
        await apis.MakeAsync("t");
        Assert.Equal(error, await Alter(apis, type, name, true, (key, 0, value)));
        var before = apis.Metadata.Image;
        Assert.Equal(error, await Alter(apis, type, name, false, (key, 0, value)));
        Assert.Equal(error != ErrorCode.None, ReferenceEquals(before, apis.Metadata.Image));
    }

    [Fact]
    public async Task A_key_that_is_unknown_can_be_taken_back()
    {
        using var apis = await ClusterApis.StartAsync();
        await apis.MakeAsync("t");
        Assert.Equal(ErrorCode.None, await Alter(apis, Topic, "t", false, ("no.such.key", 1, null)));
    }

    [Fact]
    public async Task Groups_and_client_metrics_show_what_was_set_beside_the_defaults()
    {
        using var apis = await ClusterApis.StartAsync();
        await Alter(apis, Group, "g", false, ("consumer.heartbeat.interval.ms", 0, "6000"));
        await Alter(apis, Metrics, "cm", false, ("interval.ms", 0, "60000"));
        var heartbeat = await One(apis, Group, "g", "consumer.heartbeat.interval.ms");
        Assert.Equal(("6000", (sbyte)8), (heartbeat.Value, heartbeat.ConfigSource));
        Assert.Equal("consumer.heartbeat.interval.ms=6000/8 group.consumer.heartbeat.interval.ms=5000/5", Synonyms(heartbeat));
        Assert.Equal(17, (await Describe(apis, Group, "unknown")).Configs.Count);
        var interval = await One(apis, Metrics, "cm", "interval.ms");
        Assert.Equal(("60000", (sbyte)7, "interval.ms=60000/7"), (interval.Value, interval.ConfigSource, Synonyms(interval)));
        Assert.Equal("latest/share.auto.offset.reset=latest/5", $"{(await One(apis, Group, "x", "share.auto.offset.reset")).Value}/{Synonyms(await One(apis, Group, "x", "share.auto.offset.reset"))}");
    }

    [Fact]
    public async Task A_resource_twice_is_refused_twice()
    {
        using var apis = await ClusterApis.StartAsync();
        await apis.MakeAsync("t");
        IncrementalAlterConfigsRequest.AlterConfigsResource Change(string value)
            => new() { ResourceType = Topic, ResourceName = "t", Configs = [new() { Name = "retention.ms", Value = value }] };
        var answer = await apis.CallAsync<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(new() { Resources = [Change("1"), Change("2")] }, 1);
        Assert.Equal([42, 42], answer.Responses.Select(r => (int)r.ErrorCode));
    }

    [Fact]
    public async Task A_resource_named_very_often_is_answered_only_so_often()
    {
        using var apis = await ClusterApis.StartAsync();
        await apis.MakeAsync("t");
        var request = new DescribeConfigsRequest
        {
            Resources = [.. Enumerable.Range(0, 2000).Select(_ => new DescribeConfigsRequest.DescribeConfigsResource { ResourceType = Broker, ResourceName = "1" })],
        };
        request.Resources.Add(new() { ResourceType = Topic, ResourceName = "t" });
        var results = (await apis.CallAsync<DescribeConfigsRequest, DescribeConfigsResponse>(request, 4)).Results;
        Assert.Equal(request.Resources.Select(r => r.ResourceName), results.Select(r => r.ResourceName));
        var one = results[0].Configs.Count;
        Assert.Equal(one, results[1].Configs.Count);
        Assert.InRange(results.Sum(r => r.Configs.Count), Limits.MaxRepeatedEntriesPerAnswer, Limits.MaxRepeatedEntriesPerAnswer + (2 * one) + 33);
        Assert.Equal((ErrorCode.InvalidRequest, true, 0), ((ErrorCode)results[1999].ErrorCode, results[1999].ErrorMessage?.Length > 0, results[1999].Configs.Count));
        Assert.Equal((0, 33), (results[2000].ErrorCode, results[2000].Configs.Count));
    }
}

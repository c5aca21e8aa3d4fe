using Protocol.Wire;
using Protocol.Wire.Messages;
using Asked = Protocol.Wire.Messages.AlterConfigsRequest.AlterConfigsResource;

namespace Tests.Unit.Apis;

/// <summary>AlterConfigs: what is not named is taken back. And ListConfigResources, which tells what has settings.</summary>
public class AlterConfigsApiTests
{
    private const sbyte Topic = 2;
    private const sbyte Broker = 4;
    private const sbyte Logger = 8;
    private const sbyte Metrics = 16;
    private const sbyte Group = 32;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Settings_are_replaced_as_a_whole(short version)
    {
        using var apis = await ClusterApis.StartAsync();
        await apis.MakeAsync("t");
        Assert.Equal(ErrorCode.None, await Alter(apis, version, false, Resource(Topic, "t", ("retention.ms", "5"), ("cleanup.policy", "compact"))));
        Assert.Equal(["cleanup.policy=compact", "retention.ms=5"], Own(apis));

        Assert.Equal(ErrorCode.None, await Alter(apis, version, true, Resource(Topic, "t")));
        Assert.Equal(["cleanup.policy=compact", "retention.ms=5"], Own(apis));
        Assert.Equal(ErrorCode.None, await Alter(apis, version, false, Resource(Topic, "t", ("segment.ms", " 7 "), ("retention.ms", "5"))));
        Assert.Equal(["retention.ms=5", "segment.ms=7"], Own(apis));
        Assert.Equal(ErrorCode.None, await Alter(apis, version, false, Resource(Topic, "t")));
        Assert.Empty(Own(apis));
    }

    [Fact]
    public async Task What_is_refused_changes_nothing()
    {
        using var apis = await ClusterApis.StartAsync();
        await apis.MakeAsync("t");
        await Alter(apis, 2, false, Resource(Topic, "t", ("retention.ms", "5")));
        foreach (var (error, resource) in ((ErrorCode, Asked)[])
        [
            (ErrorCode.InvalidConfig, Resource(Topic, "t", ("zz", "1"))),
            (ErrorCode.InvalidConfig, Resource(Topic, "t", ("segment.bytes", "1"))),
            (ErrorCode.InvalidRequest, Resource(Topic, "t", ("segment.bytes", null))),
            (ErrorCode.InvalidRequest, Resource(Topic, "t", ("segment.ms", "1"), ("segment.ms", "2"))),
            (ErrorCode.UnknownTopicOrPartition, Resource(Topic, "none")),
            (ErrorCode.InvalidRequest, Resource(0, "x")),
            (ErrorCode.InvalidRequest, Resource(64, "x")),
            (ErrorCode.InvalidRequest, Resource(Logger, "1")),
            (ErrorCode.InvalidRequest, Resource(Broker, "4242")),
        ])
        {
            Assert.Equal(error, await Alter(apis, 2, false, resource));
        }

        Assert.Equal(["retention.ms=5"], Own(apis));
    }

    [Fact]
    public async Task A_brokers_dynamic_settings_are_replaced_too()
    {
        using var apis = await ClusterApis.StartAsync();
        await Alter(apis, 2, false, Resource(Broker, "", ("log.retention.ms", "86400000"), ("message.max.bytes", "5")));
        Assert.Equal(5, apis.Metadata.Settings.Int("message.max.bytes"));
        await Alter(apis, 2, false, Resource(Broker, "", ("log.retention.ms", "7")));
        Assert.Equal(1_048_588, apis.Metadata.Settings.Int("message.max.bytes"));
        Assert.Equal("7", apis.Metadata.Settings.Find("log.retention.ms"));
    }

    [Theory]
    [InlineData(1, "2/t 4/1 8/1 16/cm 32/g", new sbyte[0])]
    [InlineData(1, "2/t", new sbyte[] { Topic })]
    [InlineData(1, "32/g 16/cm", new sbyte[] { Group, Metrics })]
    [InlineData(1, "4/1", new sbyte[] { Broker, Broker })]
    [InlineData(1, "8/1", new sbyte[] { Logger })]
    [InlineData(0, "16/cm", new sbyte[0])]
    public async Task What_has_settings_is_listed_by_type(short version, string expected, sbyte[] types)
    {
        using var apis = await ClusterApis.StartAsync();
        await apis.MakeAsync("t");
        await Alter(apis, 2, false, Resource(Metrics, "cm", ("interval.ms", "60000")));
        await Alter(apis, 2, false, Resource(Group, "g", ("consumer.heartbeat.interval.ms", "6000")));
        var answer = await List(apis, version, types);
        Assert.Equal(ErrorCode.None, (ErrorCode)answer.ErrorCode);
        Assert.Equal(expected, string.Join(' ', answer.ConfigResources.Select(r => $"{r.ResourceType}/{r.ResourceName}")));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(77)]
    [InlineData(-1)]
    public async Task An_unknown_type_is_of_a_newer_version(sbyte type)
    {
        using var apis = await ClusterApis.StartAsync();
        await apis.MakeAsync("t");
        var answer = await List(apis, 1, Topic, type);
        Assert.Equal((ErrorCode.UnsupportedVersion, 0), ((ErrorCode)answer.ErrorCode, answer.ConfigResources.Count));
    }

    private static Task<ListConfigResourcesResponse> List(ClusterApis apis, short version, params sbyte[] types) =>
        apis.CallAsync<ListConfigResourcesRequest, ListConfigResourcesResponse>(new() { ResourceTypes = [.. types] }, version);

    private static Asked Resource(sbyte type, string name, params (string Name, string? Value)[] configs) => new()
    {
        ResourceType = type,
        ResourceName = name,
        Configs = [.. configs.Select(c => new Asked.AlterableConfig { Name = c.Name, Value = c.Value })],
    };

    private static async Task<ErrorCode> Alter(ClusterApis apis, short version, bool validateOnly, Asked resource)
    {
        var request = new AlterConfigsRequest { Resources = [resource], ValidateOnly = validateOnly };
        var result = Assert.Single((await apis.CallAsync<AlterConfigsRequest, AlterConfigsResponse>(request, version)).Responses);
        Assert.Equal((resource.ResourceType, resource.ResourceName), (result.ResourceType, result.ResourceName));
        Assert.Equal(result.ErrorCode == 0, result.ErrorMessage is null);
        return (ErrorCode)result.ErrorCode;
    }

    private static IEnumerable<string> Own(ClusterApis apis) => apis.Metadata.Image.Find("t")!.Configs.Select(c => $"{c.Key}={c.Value}");
}

using Federation.Core.Connections;
using Kernel.Machines;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Messages;

namespace Tests.Unit.Gateway;

/// <summary>
/// Whatever a broker answers, in every API and version: a tenant sees no name, id, address or text that is not its own. Either the answer
/// is clean, or the door closes.
/// </summary>
public class LeakTests
{
    public static TheoryData<ApiKey> Apis() => [.. ServedApis.All.Select(a => a.Key).Where(k => k != ApiKey.ApiVersions)];

    [Theory]
    [MemberData(nameof(Apis))]
    public async Task Nothing_foreign_passes(ApiKey key)
    {
        await using var broker = new FakeBroker();
        var answered = 0;
        var chance = new Prng((ulong)key + 1);
        var versions = ApiVersionTable.Known;
        broker.Answer = received =>
        {
            var response = WireTypes.NewResponse(key);
            new ForeignFill(chance, "demo").Fill(response, received.Version);
            return new(response);
        };
        await using var door = await Door.OpenAsync(broker);
        for (var version = WireTypes.Versions(key).Min; version <= WireTypes.Versions(key).Max; version++)
        {
            if (!versions.Serves((short)key, version))
            {
                continue;
            }

            for (var i = 0; i < 12; i++)
            {
                var client = await door.ConnectAsync();
                try
                {
                    var body = await Door.CallAsync(client, key, version, Request(key));
                    Assert.Empty(ForeignFill.Leaks(body));
                    answered++;
                }
                catch (IOException)
                {
                    // Closed: nothing was shown.
                }

                await client.DisposeAsync();
            }
        }

        Assert.True(answered > 0, "no answer of this API ever passed, so nothing was tested");
    }

    // A request that reaches the broker.
    private static IWireMessage Request(ApiKey key) => key switch
    {
        ApiKey.Produce => new ProduceRequest { Acks = 1, TopicData = [new() { Name = "t1", PartitionData = [new() { Records = WireRecords.Empty }] }] },
        ApiKey.Metadata => new MetadataRequest { Topics = [] },
        ApiKey.FindCoordinator => new FindCoordinatorRequest { Key = "g", CoordinatorKeys = ["g"] },
        ApiKey.DescribeConfigs => new DescribeConfigsRequest { Resources = [new() { ResourceType = 4, ResourceName = $"{Door.NodeId}" }] },
        ApiKey.IncrementalAlterConfigs => new IncrementalAlterConfigsRequest { Resources = [new() { ResourceType = 2, ResourceName = "t1" }] },
        ApiKey.CreateTopics => new CreateTopicsRequest { Topics = [new() { Name = "t1", NumPartitions = 1, ReplicationFactor = 1 }] },
        ApiKey.JoinGroup => new JoinGroupRequest { GroupId = "g", ProtocolType = "consumer" },
        _ => WireTypes.NewRequest(key),
    };
}

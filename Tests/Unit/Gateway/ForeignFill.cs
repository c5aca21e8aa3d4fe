using System.Collections;
using System.Reflection;
using Kernel.Machines;
using Protocol.Wire.Codec;
using Protocol.Wire.Messages;

namespace Tests.Unit.Gateway;

/// <summary>
/// Fills a message with what a tenant must never see: every name another tenant's or sometimes its own, every id, host and text of the real
/// cluster. The markers are found again in bytes.
/// </summary>
internal sealed class ForeignFill(Prng chance, string own)
{
    public const string Foreign = "other.";
    public const string Evil = "evil";
    public const int EvilInt = 0x0BADF00D;
    public static readonly Guid EvilId = new("eeeeeeee-0bad-4bad-8bad-eeeeeeeeeeee");

    /// <summary>The markers that the bytes hold; empty when they are clean.</summary>
    public static List<string> Leaks(ReadOnlySpan<byte> bytes)
    {
        var leaks = new List<string>();
        void Check(ReadOnlySpan<byte> all, byte[] marker, string name)
        {
            if (all.IndexOf(marker) >= 0)
            {
                leaks.Add(name);
            }
        }

        Check(bytes, System.Text.Encoding.UTF8.GetBytes(Foreign), "another tenant's name");
        Check(bytes, System.Text.Encoding.UTF8.GetBytes(Evil), "a text of the cluster");
        Check(bytes, [0x0B, 0xAD, 0xF0, 0x0D], "a broker's id or port");
        Check(bytes, System.Text.Encoding.UTF8.GetBytes($"{EvilInt}"), "a broker's id as text");
        Check(bytes, EvilId.ToByteArray(bigEndian: true), "a topic id of the cluster");
        return leaks;
    }

    public void Fill(object target, short version)
    {
        foreach (var property in target.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetCustomAttribute<FieldAttribute>() is { } field)
            {
                property.SetValue(target, Value(property.PropertyType, property.Name, field.Meaning, version));
            }
        }

        // Only what a broker's settings say can be foreign; of its own topics a tenant may see everything.
        if (target is DescribeConfigsResponse.DescribeConfigsResult result)
        {
            result.ResourceType = (sbyte)(chance.Chance(0.5) ? 4 : 2);
            result.ResourceName = result.ResourceType == 4 ? $"{EvilInt}" : Name();
            foreach (var config in result.Configs)
            {
                config.Name = result.ResourceType == 2 ? "retention.ms" : Pick("advertised.listeners", "log.dirs", "node.id", "broker.rack", "controller.quorum.voters", "some.new.setting");
                config.Value = result.ResourceType == 2 ? "1000" : Pick($"PLAINTEXT://{Evil}-host:9092", $"{EvilInt}", $"/var/{Evil}", $"1@{Evil}:9093");
                if (config.Name is not ("node.id" or "broker.rack") && config.Value == $"{EvilInt}")
                {
                    config.Value = Evil;
                }

                config.Synonyms.ForEach(s => (s.Name, s.Value) = ("log.dir", $"/var/{Evil}"));
                config.Documentation = "";
            }
        }

        // Bytes of other protocols are the group's own affair.
        if (target is DescribeGroupsResponse.DescribedGroup group)
        {
            group.ProtocolType = "consumer";
        }

        if (target is IncrementalAlterConfigsResponse.AlterConfigsResourceResponse altered)
        {
            altered.ResourceType = 2;
        }
    }

    private object? Value(Type type, string name, Meaning meaning, short version)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return chance.Chance(0.3) ? null : Value(inner, name, meaning, version);
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>))
        {
            var list = (IList)Activator.CreateInstance(type)!;
            for (var i = chance.Next(4); i > 0; i--)
            {
                list.Add(Value(type.GetGenericArguments()[0], name, meaning, version));
            }

            return list;
        }

        if (type.GetCustomAttribute<KafkaStructAttribute>() is not null)
        {
            var structure = Activator.CreateInstance(type)!;
            Fill(structure, version);
            return structure;
        }

        return type switch
        {
            _ when type == typeof(string) => Text(meaning),
            _ when type == typeof(Guid) => meaning == Meaning.TopicId && chance.Chance(0.8) ? EvilId : Guid.Empty,
            _ when type == typeof(int) => meaning is Meaning.BrokerId or Meaning.BrokerPort ? EvilInt : chance.Next(10),
            _ when type == typeof(long) => (long)chance.Next(1000),
            _ when type == typeof(short) => (short)chance.Next(3),
            _ when type == typeof(sbyte) => (sbyte)chance.Next(3),
            _ when type == typeof(bool) => chance.Chance(0.5),
            _ when type == typeof(ReadOnlyMemory<byte>) => (ReadOnlyMemory<byte>)Bytes(meaning),
            _ when type == typeof(WireRecords) => new WireRecords(new byte[] { 1, 2, 3 }),
            _ => throw new InvalidOperationException($"no value for {type}"),
        };
    }

    private string Text(Meaning meaning) => meaning switch
    {
        Meaning.TopicName or Meaning.GroupId or Meaning.TransactionalId or Meaning.CoordinatorKey => Name(),
        Meaning.ResourceName => Name(),
        Meaning.BrokerHost => $"{Evil}-host",
        Meaning.BrokerRack => $"{Evil}-rack",
        Meaning.ClusterId => $"{Evil}-cluster",
        Meaning.ClientHost => $"/{Evil}-host",
        Meaning.ErrorText => $"Topic '{Foreign}orders' collides with {own}.x on {Evil}-host.internal:9093, see {Foreign}group-1.",
        _ => "opaque",
    };

    // Mostly its own, or no answer with several names would ever be let through.
    private string Name() => chance.Chance(0.85) ? $"{own}.t{chance.Next(5)}" : $"{Foreign}t{chance.Next(5)}";

    private string Pick(params ReadOnlySpan<string> of) => of[chance.Next(of.Length)];

    private byte[] Bytes(Meaning meaning)
    {
        if (meaning is not (Meaning.ConsumerSubscription or Meaning.ConsumerAssignment))
        {
            return [1, 2, 3];
        }

        IWireMessage message = meaning == Meaning.ConsumerSubscription
            ? new ConsumerProtocolSubscription { Topics = [Name()], OwnedPartitions = [new() { Topic = Name(), Partitions = [1] }] }
            : new ConsumerProtocolAssignment { AssignedPartitions = [new() { Topic = Name(), Partitions = [1] }] };
        using var writer = new FrameWriter();
        writer.WriteInt16(3);
        message.Write(writer, 3);
        return writer.ToArray();
    }
}

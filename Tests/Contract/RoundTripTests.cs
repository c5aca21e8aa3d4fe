using System.Collections;
using System.Reflection;
using Kernel.Machines;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Messages;
using Xunit;

namespace Tests.Contract;

/// <summary>Every message in every version: what is written is read back the same, in as many bytes as were announced.</summary>
public class RoundTripTests
{
    public static TheoryData<string> Messages() => [.. MessageTypes().Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(Messages))]
    public void Written_is_read_back(string name)
    {
        var type = MessageTypes().Single(t => t.Name == name);
        typeof(RoundTripTests).GetMethod(nameof(RoundTrip), BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(type).Invoke(null, null);
    }

    private static IEnumerable<Type> MessageTypes() =>
        typeof(ProduceRequest).Assembly.GetTypes().Where(t => t.GetCustomAttribute<KafkaMessageAttribute>() is not null);

    private static void RoundTrip<T>()
        where T : IWireMessage<T>, new()
    {
        for (var version = T.Versions.Min; version <= T.Versions.Max; version++)
        {
            for (ulong seed = 1; seed <= 40; seed++)
            {
                var message = new T();
                Fill(message, new Prng((seed * 1000) + (ulong)version), depth: 0);
                var first = Write(message, version);
                Assert.Equal(message.SizeOf(version), first.Length);

                var reader = new WireReader(first);
                var read = new T();
                read.Read(ref reader, version);
                Assert.Equal(0, reader.Remaining);
                Assert.Equal(first, Write(read, version));

                // Trailing bytes are left alone; a missing one is an error and nothing else.
                byte[] longer = [.. first, 7];
                var tolerant = new WireReader(longer);
                new T().Read(ref tolerant, version);
                Assert.Equal(1, tolerant.Remaining);
                for (var cut = 0; cut < first.Length; cut += 1 + (first.Length / 50))
                {
                    Assert.Throws<WireFormatException>(() => ReadAll<T>(first.AsMemory(0, cut), version));
                }
            }
        }
    }

    private static void ReadAll<T>(ReadOnlyMemory<byte> bytes, short version)
        where T : IWireMessage<T>, new()
    {
        var reader = new WireReader(bytes);
        new T().Read(ref reader, version);
    }

    private static byte[] Write(IWireMessage message, short version)
    {
        using var writer = new FrameWriter();
        message.Write(writer, version);
        return writer.ToArray();
    }

    private static void Fill(object target, Prng chance, int depth)
    {
        foreach (var property in target.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.GetCustomAttribute<FieldAttribute>() is not null))
        {
            // A third of the fields keep their defaults, so that absent tags are met too.
            if (chance.Chance(0.3))
            {
                continue;
            }

            property.SetValue(target, Value(property.PropertyType, chance, depth));
        }
    }

    private static object? Value(Type type, Prng chance, int depth)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>))
        {
            var list = (IList)Activator.CreateInstance(type)!;
            for (var i = chance.Next(4); i > 0; i--)
            {
                list.Add(Value(type.GetGenericArguments()[0], chance, depth + 1));
            }

            return list;
        }

        return type switch
        {
            _ when type == typeof(bool) => chance.Chance(0.5),
            _ when type == typeof(sbyte) => (sbyte)chance.Next(100),
            _ when type == typeof(short) => (short)chance.Next(30_000),
            _ when type == typeof(ushort) => (ushort)chance.Next(60_000),
            _ when type == typeof(int) => (int)chance.NextBits(),
            _ when type == typeof(uint) => (uint)chance.NextBits(),
            _ when type == typeof(long) => (long)chance.NextBits(),
            _ when type == typeof(double) => chance.NextDouble(),
            _ when type == typeof(Guid) => chance.NextGuid(),
            _ when type == typeof(string) => new string('ä', chance.Next(5)) + new string('x', chance.Next(200)),
            _ when type == typeof(ReadOnlyMemory<byte>) => new ReadOnlyMemory<byte>(new byte[chance.Next(300)]),
            _ when type == typeof(WireRecords) => new WireRecords(new byte[chance.Next(3000)]),
            _ => Struct(type, chance, depth),
        };
    }

    private static object Struct(Type type, Prng chance, int depth)
    {
        var made = Activator.CreateInstance(type)!;
        Fill(made, chance, depth + 1);
        return made;
    }
}

using System.Reflection;
using Kernel.Machines;
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
                RandomMessage.Fill(message, new Prng((seed * 1000) + (ulong)version));
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
}

using System.Reflection;
using Kernel.Machines;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Framing;
using Protocol.Wire.Messages;
using Tests.Contract;
using Xunit;

namespace Tests.Fuzz;

/// <summary>
/// Every generated reader in every version, fed with noise and with damaged messages: it reads them or throws <see cref="WireFormatException"/>,
/// and nothing else. What was read can be written, and reading that gives the same again.
/// </summary>
public class MessageFuzz
{
    // An empty object of a message has some hundred bytes and comes from one byte of input; lists start with room for a few more.
    private const int AllocatedPerByte = 1500;
    private const int AllocatedAnyway = 2_000_000;

    private static readonly (Type Type, Func<Prng, int> Once)[] Targets =
    [
        .. typeof(ProduceRequest).Assembly.GetTypes().Where(t => t.GetCustomAttribute<KafkaMessageAttribute>() is not null)
            .Select(t => (t, OnceOf(t))),
    ];

    [Fact]
    public void Readers_of_all_messages_and_versions()
    {
        Assert.True(Targets.Length > 60);
        FuzzRun.Repeat(fed => AllocatedAnyway + ((long)fed * AllocatedPerByte), chance => Targets[chance.Next(Targets.Length)].Once(chance));
    }

    [Fact]
    public void Request_headers() => FuzzRun.Repeat(fed => AllocatedAnyway, chance =>
    {
        byte[] bytes;
        if (chance.Chance(0.3))
        {
            bytes = Mutation.Noise(chance, 60);
        }
        else
        {
            var apis = MessageCatalog.All;
            var api = apis[chance.Next(apis.Length)];
            using var writer = new FrameWriter();
            var version = (short)(api.Versions.Min + chance.Next(api.Versions.Max + 2));
            new RequestHeader((short)api.Key, version, chance.Next(9), chance.Chance(0.2) ? null : "client-ä").Write(writer);
            bytes = Mutation.Of(writer.ToArray(), chance);
        }

        try
        {
            var reader = new WireReader(bytes);
            var header = RequestHeader.Read(ref reader);
            Assert.InRange(reader.Position, 10, bytes.Length);
            if (header.ClientId is { Length: > 0 } id)
            {
                Assert.True(id.Length <= bytes.Length);
            }
        }
        catch (WireFormatException)
        {
        }

        return bytes.Length;
    });

    private static Func<Prng, int> OnceOf(Type type) =>
        typeof(MessageFuzz).GetMethod(nameof(Once), BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type).CreateDelegate<Func<Prng, int>>();

    private static int Once<T>(Prng chance)
        where T : IWireMessage<T>, new()
    {
        var version = (short)(T.Versions.Min + chance.Next(T.Versions.Max - T.Versions.Min + 1));
        byte[] bytes;
        if (chance.Chance(0.2))
        {
            bytes = Mutation.Noise(chance, 300);
        }
        else
        {
            var whole = new T();
            RandomMessage.Fill(whole, chance);
            bytes = Mutation.Of(Write(whole, version), chance);
        }

        var read = new T();
        try
        {
            var reader = new WireReader(bytes);
            read.Read(ref reader, version);
            Assert.InRange(reader.Position, 0, bytes.Length);
        }
        catch (WireFormatException)
        {
            return bytes.Length;
        }

        var written = Write(read, version);
        Assert.Equal(read.SizeOf(version), written.Length);
        var again = new T();
        var second = new WireReader(written);
        again.Read(ref second, version);
        Assert.Equal(0, second.Remaining);
        Assert.Equal(written, Write(again, version));
        read.Visit(new Untouched(), version);
        Assert.Equal(written, Write(read, version));
        return bytes.Length + written.Length;
    }

    private static byte[] Write(IWireMessage message, short version)
    {
        using var writer = new FrameWriter();
        message.Write(writer, version);
        return writer.ToArray();
    }

    private sealed class Untouched : EntityVisitor;
}

using System.Net.Sockets;
using Federation.Core.Connections;
using Kernel.Machines;
using Microsoft.Extensions.Logging;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Framing;
using Protocol.Wire.Messages;
using Tests.Unit.Gateway;

namespace Tests.Fuzz;

/// <summary>
/// Broken and hostile bytes at a gateway's door, from the client and from the broker: the connection may end, the gateway serves the next one,
/// nothing is logged as an error, and what reaches the broker is the tenant's.
/// </summary>
public class GatewayFuzz
{
    private const int Rounds = 1500;

    [Fact]
    public async Task Broken_requests_end_their_connection_at_most()
    {
        var log = new ErrorLog();
        await using var broker = new FakeBroker();
        broker.Answer = r => new(r.Message is ProduceRequest { Acks: 0 } ? null : WireTypes.NewResponse(r.Key));
        await using var door = await Door.OpenAsync(broker, logger: log);
        var chance = new Prng(20_260_101);
        for (var round = 0; round < Rounds; round++)
        {
            using var socket = new TcpClient { NoDelay = true };
            await socket.ConnectAsync(door.Node.EndPoint);
            var stream = socket.GetStream();
            try
            {
                for (var frames = 1 + chance.Next(3); frames > 0; frames--)
                {
                    await stream.WriteAsync(Mutated(Frame(chance), chance));
                }

                socket.Client.Shutdown(SocketShutdown.Send);
                var buffer = new byte[4096];
                while (await stream.ReadAsync(buffer) > 0)
                {
                    // Until the door has said all that it says.
                }
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // Closed upon.
            }

            if (round % 50 == 0)
            {
                await AssertAliveAsync(door);
            }
        }

        await AssertAliveAsync(door);
        Assert.Empty(log.Errors);
        foreach (var received in broker.Requests.Where(r => r.ClientId != "federation-gateway"))
        {
            Assert.All(
                WireTypes.Fields(received.Message, received.Version).Where(f => f.Meaning is Meaning.TopicName && f.Value is string),
                f => Assert.True((string)f.Value! is "" or "." or ".." || ((string)f.Value!).StartsWith("demo.", StringComparison.Ordinal), $"{received.Key}: {f.Field} = {f.Value}"));
        }
    }

    [Fact]
    public async Task Broken_answers_end_their_connection_at_most()
    {
        var log = new ErrorLog();
        var chance = new Prng(20_260_102);
        await using var broker = new FakeBroker();
        broker.Answer = r => new(new Broken(Cut(WireTypes.Bytes(WireTypes.NewResponse(r.Key), r.Version), chance)));
        await using var door = await Door.OpenAsync(broker, logger: log);
        for (var round = 0; round < Rounds; round++)
        {
            var key = ServedApis.All[chance.Next(ServedApis.All.Length)].Key;
            var versions = WireTypes.Versions(key);
            var version = (short)(versions.Min + chance.Next(versions.Max - versions.Min + 1));
            await using var client = await door.ConnectAsync("fuzz");
            try
            {
                await Door.CallAsync(client, key, version, Request(key));
            }
            catch (IOException)
            {
                // Closed upon.
            }
        }

        await AssertAliveAsync(door);
        Assert.Empty(log.Errors);
    }

    private static async Task AssertAliveAsync(Door door)
    {
        await using var client = await door.ConnectAsync("alive");
        Assert.Equal(0, (await Door.CallAsync<ApiVersionsResponse>(client, 0, new ApiVersionsRequest())).ErrorCode);
    }

    private static IWireMessage Request(ApiKey key)
    {
        var request = WireTypes.NewRequest(key);
        new TenantFill(Door.NodeId).Fill(request);
        return request;
    }

    private static byte[] Frame(Prng chance)
    {
        var key = ServedApis.All[chance.Next(ServedApis.All.Length)].Key;
        var versions = WireTypes.Versions(key);
        var version = (short)(versions.Min + chance.Next(versions.Max - versions.Min + 1));
        using var writer = new FrameWriter();
        writer.BeginFrame();
        new RequestHeader((short)key, version, chance.Next(int.MaxValue), "fuzz").Write(writer);
        Request(key).Write(writer, version);
        writer.EndFrame();
        return writer.ToArray();
    }

    // The length is kept true most of the time, or no fuzz would get behind it.
    private static byte[] Mutated(byte[] frame, Prng chance)
    {
        for (var flips = chance.Next(6); flips > 0; flips--)
        {
            frame[(chance.Chance(0.03) ? 0 : 4) + chance.Next(frame.Length - 4)] = chance.Chance(0.3) ? (byte)0xFF : (byte)chance.Next(256);
        }

        if (chance.Chance(0.2))
        {
            frame = frame[..(4 + chance.Next(frame.Length - 4))];
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - 4);
        }

        return frame;
    }

    private static byte[] Cut(byte[] bytes, Prng chance)
    {
        lock (chance)
        {
            for (var flips = chance.Next(4); flips > 0 && bytes.Length > 0; flips--)
            {
                bytes[chance.Next(bytes.Length)] = (byte)chance.Next(256);
            }

            return chance.Chance(0.3) ? bytes[..chance.Next(bytes.Length + 1)] : bytes;
        }
    }

    /// <summary>Bytes that stand where a message should.</summary>
    private sealed class Broken(byte[] bytes) : IWireMessage
    {
        public void Read(ref WireReader reader, short version) => throw new NotSupportedException();

        public void Write(FrameWriter writer, short version) => writer.WriteRaw(bytes);

        public int SizeOf(short version) => bytes.Length;

        public void Visit(EntityVisitor visitor, short version)
        {
        }
    }

    /// <summary>Keeps errors; names that an upstream invented are withheld with one, which is what shall happen.</summary>
    private sealed class ErrorLog : ILogger
    {
        private readonly List<string> _errors = [];

        public IReadOnlyList<string> Errors
        {
            get
            {
                lock (_errors)
                {
                    return [.. _errors];
                }
            }
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var line = $"{formatter(state, exception)} {exception}";
            if (logLevel >= LogLevel.Error && !line.Contains("withheld", StringComparison.Ordinal))
            {
                lock (_errors)
                {
                    _errors.Add(line);
                }
            }
        }
    }
}

using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Kernel;
using Microsoft.Extensions.Logging.Abstractions;
using Protocol.Transport;
using Protocol.Wire.Codec;
using Xunit;

namespace Tests.Fuzz;

/// <summary>
/// A live server is sent frames, halves of frames and noise in random portions, with resets in between, while another connection must get
/// every answer. FUZZ_SECONDS says for how long (2), SEED repeats a run.
/// </summary>
public class FrameFuzz
{
    private const int Attackers = 4;

    /// <summary>What the process may hold beyond its start: buffers in use, and what the pools keep.</summary>
    private const long MaxGrownBytes = 512L * 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Noise_hangs_nothing_and_disturbs_nobody()
    {
        var seconds = double.Parse(Environment.GetEnvironmentVariable("FUZZ_SECONDS") ?? "2", CultureInfo.InvariantCulture);
        var seed = int.Parse(Environment.GetEnvironmentVariable("SEED") ?? $"{Random.Shared.Next()}", CultureInfo.InvariantCulture);
        TestContext.Current.SendDiagnosticMessage($"SEED={seed}");
        using var loops = new EventLoops(2);
        await using var server = FrameServer.Start(new FrameServerOptions
        {
            Bind = new IPEndPoint(IPAddress.Loopback, 0),
            Accept = _ => new EchoHandler(),
            Logger = NullLogger.Instance,
            Loops = loops,
        });
        using var over = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        var heldBefore = GC.GetTotalMemory(forceFullCollection: true);
        var attacks = Enumerable.Range(0, Attackers).Select(i => Task.Run(() => AttackAsync(server.EndPoint, new Random(seed + i), over.Token))).ToList();

        await using var client = await FrameClient.ConnectAsync("127.0.0.1", server.EndPoint.Port, "bystander");
        var answered = 0;
        while (!over.IsCancellationRequested)
        {
            var number = client.NextCorrelationId();
            using var answer = await client.SendAsync(Frame(number), number).AsTask().WaitAsync(Patience);
            Assert.Equal(number, BinaryPrimitives.ReadInt32BigEndian(answer.Bytes.Span));
            answered++;
        }

        var attacksDone = await Task.WhenAll(attacks).WaitAsync(Patience);
        Assert.True(answered > 0 && attacksDone.All(n => n > 0), $"SEED={seed}: {answered} answers, {string.Join(' ', attacksDone)} attacks");
        var grown = GC.GetTotalMemory(forceFullCollection: true) - heldBefore;
        Assert.True(grown < MaxGrownBytes, $"SEED={seed}: {grown} bytes more than before");
        await server.StopAsync(TimeSpan.FromSeconds(1)).WaitAsync(Patience);
        Assert.Equal(0, server.ConnectionCount);
    }

    /// <summary>One connection after the other; each ends in noise, a reset or the server's refusal. Returns how many there were.</summary>
    private static async Task<int> AttackAsync(IPEndPoint target, Random random, CancellationToken over)
    {
        var connections = 0;
        for (; !over.IsCancellationRequested; connections++)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = random.Next(2) == 0 };
            try
            {
                await socket.ConnectAsync(target, CancellationToken.None);
                await SendAsync(socket, random, over);
                if (random.Next(3) == 0)
                {
                    socket.LingerState = new LingerOption(true, 0);
                }
                else if (random.Next(2) == 0)
                {
                    // The server must end the connection: at once for noise, after the last answer otherwise.
                    socket.Shutdown(SocketShutdown.Send);
                    var buffer = new byte[65536];
                    while (await socket.ReceiveAsync(buffer, CancellationToken.None).AsTask().WaitAsync(Patience, CancellationToken.None) > 0)
                    {
                    }
                }
            }
            catch (SocketException)
            {
                // Refused in the middle, as it should be.
            }
        }

        return connections;
    }

    private static async Task SendAsync(Socket socket, Random random, CancellationToken over)
    {
        for (var i = random.Next(20); i >= 0 && !over.IsCancellationRequested; i--)
        {
            var bytes = Piece(random);
            for (var at = 0; at < bytes.Length;)
            {
                var portion = random.Next(4) == 0 ? random.Next(1, 9) : random.Next(1, bytes.Length - at + 1);
                portion = Math.Min(portion, bytes.Length - at);
                at += await socket.SendAsync(bytes.AsMemory(at, portion), CancellationToken.None).AsTask().WaitAsync(Patience, CancellationToken.None);
            }
        }
    }

    private static byte[] Piece(Random random)
    {
        var length = random.Next(10) switch
        {
            0 => random.Next(0, 3),
            1 => random.Next(60_000, 70_000),
            2 => random.Next(100_000, 300_000),
            _ => random.Next(4, 2000),
        };
        var bytes = new byte[4 + length];
        random.NextBytes(bytes);
        BinaryPrimitives.WriteInt32BigEndian(bytes, random.Next(40) switch
        {
            0 => random.Next(int.MinValue, 1),
            1 => random.Next(Limits.MaxFrameBytes, int.MaxValue),
            2 => random.Next(length, Limits.MaxFrameBytes),
            3 => BinaryPrimitives.ReadInt32BigEndian(bytes),
            _ => length,
        });
        return bytes;
    }

    private static FrameWriter Frame(int number)
    {
        var writer = new FrameWriter();
        writer.BeginFrame();
        writer.WriteInt32(number);
        writer.EndFrame();
        return writer;
    }

    /// <summary>Answers with the frame itself: small ones at once, others later, so that both ways are taken in any order.</summary>
    private sealed class EchoHandler : IConnectionHandler
    {
        public ValueTask<Answer> HandleAsync(ReceivedFrame frame, CancellationToken closed) =>
            frame.Bytes.Length % 3 == 0 ? new(Echo(frame)) : LaterAsync(frame);

        public void OnClosed()
        {
        }

        private static async ValueTask<Answer> LaterAsync(ReceivedFrame frame)
        {
            await Task.Yield();
            return Echo(frame);
        }

        private static Answer Echo(ReceivedFrame frame)
        {
            var writer = new FrameWriter();
            writer.BeginFrame();
            writer.WriteRaw(frame.Bytes.Span[..Math.Min(4, frame.Bytes.Length)]);
            writer.WriteRecords(new WireRecords(frame.Bytes), compact: false);
            writer.Own(frame);
            writer.EndFrame();
            return new Answer(writer);
        }
    }
}

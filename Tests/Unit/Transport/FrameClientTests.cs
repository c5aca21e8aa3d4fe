using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Framing;
using Protocol.Wire.Messages;

namespace Tests.Unit.Transport;

/// <summary>The pipelined client: order, matching, ends, cancellation.</summary>
public class FrameClientTests
{
    [Theory]
    [InlineData(Kind.Native, false)]
    [InlineData(Kind.Native, true)]
    [InlineData(Kind.Portable, false)]
    public async Task Many_threads_may_send_and_everyone_gets_the_own_answer(Kind kind, bool inline)
    {
        await using var server = new TestServer(Frames.Echo, kind);
        await using var client = await server.ConnectAsync(inline);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(t => Task.Run(async () =>
        {
            var under = new Queue<(int Number, int Size, ValueTask<ReceivedFrame> Answer)>();
            for (var i = 0; i < 400; i++)
            {
                var number = client.NextCorrelationId();
                var size = i % 50 == 0 ? 300_000 : i;
                under.Enqueue((number, size, client.SendAsync(Frames.Writer(number, size), number)));
                if (under.Count > 5)
                {
                    await TakeAsync(under.Dequeue());
                }
            }

            while (under.Count > 0)
            {
                await TakeAsync(under.Dequeue());
            }

            // Not on the loop's thread, where the rest of the test would follow.
            await Task.Yield();
        }))).WaitAsync(Frames.Patience);

        static async Task TakeAsync((int Number, int Size, ValueTask<ReceivedFrame> Answer) sent)
        {
            using var answer = await sent.Answer;
            Frames.Check(answer.Bytes.Span, sent.Number, sent.Size);
        }
    }

    [Fact]
    public async Task Frames_leave_in_the_order_of_the_calls()
    {
        var seen = new List<int>();
        await using var server = new TestServer((frame, c) =>
        {
            lock (seen)
            {
                seen.Add(Frames.Number(frame.Bytes.Span));
            }

            return Frames.Echo(frame, c);
        });
        await using var client = await server.ConnectAsync();
        var answers = Enumerable.Range(1, 500).Select(n => client.SendAsync(Frames.Writer(n), n).AsTask()).ToList();
        foreach (var answer in answers)
        {
            (await answer.WaitAsync(Frames.Patience)).Dispose();
        }

        Assert.Equal(Enumerable.Range(1, 500), seen);
    }

    [Fact]
    public async Task One_way_frames_keep_their_place_and_get_no_answer()
    {
        await using var server = new TestServer((frame, c) =>
        {
            if (Frames.Number(frame.Bytes.Span) < 0)
            {
                frame.Dispose();
                return new(Answer.None);
            }

            return Frames.Echo(frame, c);
        });
        await using var client = await server.ConnectAsync();
        for (var n = 1; n < 50; n++)
        {
            client.SendOneWay(Frames.Writer(-n, 10));
            using var answer = await client.SendAsync(Frames.Writer(n, n), n).AsTask().WaitAsync(Frames.Patience);
            Frames.Check(answer.Bytes.Span, n, n);
        }
    }

    [Theory]
    [InlineData(Kind.Native)]
    [InlineData(Kind.Portable)]
    public async Task A_request_is_written_and_its_answer_read(Kind kind)
    {
        await using var server = new TestServer(
            (frame, _) =>
            {
                var reader = new WireReader(frame.Bytes);
                var header = RequestHeader.Read(ref reader);
                var request = new MetadataRequest();
                request.Read(ref reader, header.ApiVersion);
                var writer = new FrameWriter();
                writer.BeginFrame();
                ResponseHeader.Write(writer, ApiKey.Metadata, header.ApiVersion, header.CorrelationId);
                var response = new MetadataResponse { ClusterId = header.ClientId, ControllerId = request.Topics!.Count };
                response.Write(writer, header.ApiVersion);
                writer.EndFrame();
                frame.Dispose();
                return new(new Answer(writer));
            },
            kind);
        await using var client = await server.ConnectAsync();
        var request = new MetadataRequest { Topics = [new() { Name = "a" }, new() { Name = "b" }] };
        for (short version = 9; version <= 12; version++)
        {
            using var reply = await client.CallAsync<MetadataRequest, MetadataResponse>(request, version);
            Assert.Equal("test", reply.Message.ClusterId);
            Assert.Equal(2, reply.Message.ControllerId);
        }
    }

    [Theory]
    [InlineData(Kind.Native)]
    [InlineData(Kind.Portable)]
    public async Task A_server_that_breaks_off_inside_an_answer_fails_everything_under_way(Kind kind)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        await using var other = new TestServer(Frames.Echo, kind);
        var client = await FrameClient.ConnectAsync(
            "127.0.0.1", ((IPEndPoint)listener.LocalEndPoint!).Port, new FrameClientOptions { ClientId = "test", Loops = other.Loops });
        var accepted = await listener.AcceptAsync();
        var answers = Enumerable.Range(1, 5).Select(n => client.SendAsync(Frames.Writer(n), n).AsTask()).ToList();
        accepted.Send([.. Frames.Bytes(1, 20), .. Frames.Bytes(2, 1000).AsSpan(0, 500)]);
        using (var first = await answers[0].WaitAsync(Frames.Patience))
        {
            Frames.Check(first.Bytes.Span, 1, 20);
        }

        accepted.Dispose();
        foreach (var answer in answers.Skip(1))
        {
            await Assert.ThrowsAnyAsync<IOException>(() => answer.WaitAsync(Frames.Patience));
        }

        await client.Ended.WaitAsync(Frames.Patience);
        Assert.False(client.IsOpen);
        await Assert.ThrowsAnyAsync<IOException>(() => client.SendAsync(Frames.Writer(6), 6).AsTask());
        await client.DisposeAsync();
    }

    [Theory]
    [InlineData("another id", new byte[] { 0, 0, 0, 4, 0, 0, 0, 9 })]
    [InlineData("no id", new byte[] { 0, 0, 0, 2, 0, 0 })]
    [InlineData("a negative length", new byte[] { 255, 255, 255, 255 })]
    [InlineData("too long", new byte[] { 0, 16, 0, 0 })]
    [InlineData("HTTP", new byte[] { (byte)'H', (byte)'T', (byte)'T', (byte)'P' })]
    public async Task An_answer_that_cannot_be_matched_breaks_the_connection(string _, byte[] answer)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var options = new FrameClientOptions { ClientId = "test", MaxResponseFrameBytes = 1000 };
        await using var client = await FrameClient.ConnectAsync("localhost", ((IPEndPoint)listener.LocalEndPoint!).Port, options);
        using var accepted = await listener.AcceptAsync();
        var call = client.SendAsync(Frames.Writer(1), 1).AsTask();
        Assert.Equal(8, await accepted.ReceiveAsync(new byte[100]));
        accepted.Send(answer);
        await Assert.ThrowsAnyAsync<IOException>(() => call.WaitAsync(Frames.Patience));
        await client.Ended.WaitAsync(Frames.Patience);
    }

    [Fact]
    public async Task A_cancelled_call_ends_and_the_next_answer_goes_to_the_next_call()
    {
        var slow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new TestServer(async (frame, _) =>
        {
            await slow.Task;
            var correlationId = BinaryPrimitives.ReadInt32BigEndian(frame.Bytes.Span[4..]);
            frame.Dispose();
            var writer = new FrameWriter();
            writer.BeginFrame();
            ResponseHeader.Write(writer, ApiKey.Heartbeat, 0, correlationId);
            new HeartbeatResponse { ErrorCode = (short)correlationId }.Write(writer, 0);
            writer.EndFrame();
            return new Answer(writer);
        });
        await using var client = await server.ConnectAsync();
        using var cancel = new CancellationTokenSource();
        var first = client.CallAsync<HeartbeatRequest, HeartbeatResponse>(new(), 0, cancel.Token).AsTask();
        var second = client.CallAsync<HeartbeatRequest, HeartbeatResponse>(new(), 0).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.WaitAsync(Frames.Patience));
        Assert.False(second.IsCompleted);
        slow.SetResult();
        using var reply = await second.WaitAsync(Frames.Patience);
        Assert.Equal(2, reply.Message.ErrorCode);
    }

    [Fact]
    public async Task Disposing_fails_what_is_under_way()
    {
        await using var server = new TestServer((_, _) => new(new TaskCompletionSource<Answer>().Task));
        var client = await server.ConnectAsync();
        var call = client.SendAsync(Frames.Writer(1), 1).AsTask();
        await client.DisposeAsync().AsTask().WaitAsync(Frames.Patience);
        await Assert.ThrowsAnyAsync<IOException>(() => call.WaitAsync(Frames.Patience));
        await client.DisposeAsync();
    }

    [Theory]
    [InlineData(Kind.Native)]
    [InlineData(Kind.Portable)]
    public async Task Nobody_at_the_port_is_a_socket_exception(Kind kind)
    {
        await using var server = new TestServer(Frames.Echo, kind);
        await server.Server.StopAsync(TimeSpan.Zero);
        await Assert.ThrowsAsync<SocketException>(() => server.ConnectAsync().WaitAsync(Frames.Patience));
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => FrameClient.ConnectAsync("127.0.0.1", server.Server.EndPoint.Port, "test", cancelled.Token));
    }

    [Fact]
    public async Task A_handler_that_calls_on_stays_on_its_thread()
    {
        await using var upstream = new TestServer(Frames.Echo);
        var threads = new List<int>();
        FrameClient? client = null;
        await using var server = new TestServer(async (frame, closed) =>
        {
            var number = Frames.Number(frame.Bytes.Span);
            frame.Dispose();
            Assert.True(EventLoops.IsLoopThread);
            threads.Add(Environment.CurrentManagedThreadId);
            client ??= await FrameClient.ConnectAsync("127.0.0.1", upstream.Server.EndPoint.Port, "test", closed);
            threads.Add(Environment.CurrentManagedThreadId);
            using var answer = await client.SendAsync(Frames.Writer(number, 10), number);
            threads.Add(Environment.CurrentManagedThreadId);
            return new Answer(Frames.Writer(number, 10));
        });
        using var peer = new RawPeer(server.Server);
        for (var n = 1; n < 20; n++)
        {
            peer.Send(Frames.Bytes(n));
            Frames.Check(peer.ReadFrame(), n, 10);
        }

        Assert.Single(threads.Distinct());
        await client!.DisposeAsync();
    }
}

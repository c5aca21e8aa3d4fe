using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Protocol.Transport;

namespace Tests.Unit.Transport;

/// <summary>Many connections, too many, and the end of the server.</summary>
public class FrameServerStopTests
{
    [Theory]
    [InlineData(Kind.Native)]
    [InlineData(Kind.Portable)]
    public async Task A_drained_server_answers_what_is_under_way_and_closes(Kind kind)
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = new TaskCompletionSource<Answer>();
        var second = new TaskCompletionSource<Answer>();
        await using var server = new TestServer(
            (frame, _) =>
            {
                var number = Frames.Number(frame.Bytes.Span);
                frame.Dispose();
                if (number == 2)
                {
                    arrived.SetResult();
                }

                return new(number == 1 ? first.Task : second.Task);
            },
            kind);
        using var idle = new RawPeer(server.Server);
        using var peer = new RawPeer(server.Server);
        peer.Send([.. Frames.Bytes(1), .. Frames.Bytes(2)]);
        await arrived.Task.WaitAsync(Frames.Patience);

        var stopping = server.Server.StopAsync(Frames.Patience);
        Assert.True(idle.IsAtEnd());
        Assert.Throws<SocketException>(() => new RawPeer(server.Server));
        Assert.False(stopping.IsCompleted);
        second.SetResult(new Answer(Frames.Writer(2, 50_000)));
        first.SetResult(new Answer(Frames.Writer(1)));
        Frames.Check(peer.ReadFrame(), 1, 0);
        Frames.Check(peer.ReadFrame(), 2, 50_000);
        Assert.True(peer.IsAtEnd());
        await stopping.WaitAsync(Frames.Patience);
        Assert.Equal(0, server.Server.ConnectionCount);
    }

    [Fact]
    public async Task A_drain_time_that_is_over_closes_everything()
    {
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var never = new TaskCompletionSource<Answer>();
        await using var server = new TestServer((frame, _) =>
        {
            frame.Dispose();
            arrived.SetResult();
            return new(never.Task);
        });
        using var peer = new RawPeer(server.Server);
        peer.Send(Frames.Bytes(1));
        await arrived.Task.WaitAsync(Frames.Patience);
        await server.Server.StopAsync(TimeSpan.FromMilliseconds(1)).WaitAsync(Frames.Patience);
        Assert.True(peer.IsAtEnd());
        await server.Handlers[0].Closed.WaitAsync(Frames.Patience);

        // An answer that comes too late is disposed and disturbs nobody.
        never.SetResult(new Answer(Frames.Writer(1)));
    }

    [Fact]
    public async Task A_port_can_be_taken_again_at_once_and_not_twice()
    {
        await using var first = new TestServer(Frames.Echo);
        var options = new FrameServerOptions
        {
            Bind = first.Server.EndPoint,
            Accept = _ => new FunctionHandler(Frames.Echo),
            Logger = NullLogger.Instance,
            Loops = first.Loops,
        };
        Assert.Throws<SocketException>(() => FrameServer.Start(options));
        using (var peer = new RawPeer(first.Server))
        {
            peer.Send(Frames.Bytes(1));
            peer.ReadFrame();
            await first.Server.StopAsync(TimeSpan.Zero);
        }

        await using var second = FrameServer.Start(options);
        using var again = new RawPeer(second);
        again.Send(Frames.Bytes(2));
        Frames.Check(again.ReadFrame(), 2, 0);
    }

    [Theory]
    [InlineData(Kind.Native, 1000)]
    [InlineData(Kind.Portable, 200)]
    public async Task Many_connections_are_served(Kind kind, int count)
    {
        await using var server = new TestServer(Frames.Echo, kind);
        var peers = Enumerable.Range(0, count).Select(_ => new RawPeer(server.Server)).ToList();
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < count; i++)
            {
                peers[i].Send(Frames.Bytes(i, i % 100));
            }

            for (var i = 0; i < count; i++)
            {
                Frames.Check(peers[i].ReadFrame(), i, i % 100);
            }
        }

        Assert.Equal(count, server.Server.ConnectionCount);
        peers.ForEach(p => p.Dispose());
        foreach (var handler in server.Handlers)
        {
            await handler.Closed.WaitAsync(Frames.Patience);
        }

        Assert.Empty(server.Log.Lines);
    }

    [Fact]
    public async Task Connections_beyond_the_limit_are_closed_on_arrival()
    {
        await using var server = new TestServer(Frames.Echo, maxConnections: 2);
        using var one = new RawPeer(server.Server);
        using var two = new RawPeer(server.Server);
        using var three = new RawPeer(server.Server);
        Assert.True(three.IsAtEnd());
        two.Send(Frames.Bytes(1));
        Frames.Check(two.ReadFrame(), 1, 0);
        Assert.Contains("2 connections", Assert.Single(server.Log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Both_families_of_addresses_are_served_and_named()
    {
        if (!Socket.OSSupportsIPv6)
        {
            Assert.Skip("no IPv6 here");
        }

        var seen = new TaskCompletionSource<IPEndPoint>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var loops = new EventLoops(1);
        await using var server = FrameServer.Start(new FrameServerOptions
        {
            Bind = new IPEndPoint(IPAddress.IPv6Any, 0),
            Accept = accepted =>
            {
                seen.TrySetResult(accepted.Remote);
                return new FunctionHandler(Frames.Echo);
            },
            Logger = NullLogger.Instance,
            Loops = loops,
        });
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(IPAddress.Loopback, server.EndPoint.Port);
        Assert.Equal(socket.LocalEndPoint, await seen.Task.WaitAsync(Frames.Patience));
        await server.StopAsync(TimeSpan.Zero);
    }
}

using System.Net.Sockets;
using Protocol.Transport;

namespace Tests.Unit.Transport;

/// <summary>How a connection ends: by the answer, by the handler, by the client.</summary>
public class ConnectionEndTests
{
    [Fact]
    public async Task Close_after_sends_everything_before_and_drops_what_follows()
    {
        var slow = new TaskCompletionSource<Answer>();
        await using var server = new TestServer((frame, _) =>
        {
            var number = Frames.Number(frame.Bytes.Span);
            frame.Dispose();
            return number switch
            {
                1 => new(slow.Task),
                2 => new(Answer.None),
                3 => new(new Answer(Frames.Writer(3, 100_000), CloseAfter: true)),
                _ => throw new InvalidOperationException("handled behind the end"),
            };
        });
        using var peer = new RawPeer(server.Server);
        peer.Send([.. Frames.Bytes(1), .. Frames.Bytes(2), .. Frames.Bytes(3), .. Frames.Bytes(4)]);
        slow.SetResult(new Answer(Frames.Writer(1)));
        Frames.Check(peer.ReadFrame(), 1, 0);
        Frames.Check(peer.ReadFrame(), 3, 100_000);
        Assert.True(peer.IsAtEnd());
        Assert.Empty(server.Log.Lines);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_handler_that_throws_closes_its_connection_with_one_line_and_no_other(bool later)
    {
        await using var server = new TestServer(async (frame, _) =>
        {
            var number = Frames.Number(frame.Bytes.Span);
            frame.Dispose();
            if (number == 13)
            {
                if (later)
                {
                    await Task.Yield();
                }

                throw new InvalidOperationException("thirteen");
            }

            return new Answer(Frames.Writer(number));
        });
        using var bad = new RawPeer(server.Server);
        using var good = new RawPeer(server.Server);
        bad.Send(Frames.Bytes(13));
        Assert.True(bad.IsAtEnd());
        good.Send(Frames.Bytes(1));
        Frames.Check(good.ReadFrame(), 1, 0);
        await server.Handlers[0].Closed.WaitAsync(Frames.Patience);
        Assert.Contains("thirteen", Assert.Single(server.Log.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Kind.Native)]
    [InlineData(Kind.Portable)]
    public async Task A_half_closed_client_gets_what_is_under_way_and_is_closed(Kind kind)
    {
        await using var server = new TestServer(
            async (frame, _) =>
            {
                await Task.Yield();
                return await Frames.Echo(frame, default);
            },
            kind);
        using var peer = new RawPeer(server.Server);
        peer.Send([.. Frames.Bytes(1), .. Frames.Bytes(2), 0, 0]);
        peer.Socket.Shutdown(SocketShutdown.Send);
        Frames.Check(peer.ReadFrame(), 1, 0);
        Frames.Check(peer.ReadFrame(), 2, 0);
        Assert.True(peer.IsAtEnd());
        await server.Handlers[0].Closed.WaitAsync(Frames.Patience);
        Assert.Empty(server.Log.Lines);
    }

    [Fact]
    public async Task A_client_that_goes_away_cancels_what_waits_for_it()
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new TestServer(async (frame, closed) =>
        {
            frame.Dispose();
            arrived.SetResult();
            await using var registration = closed.Register(cancelled.SetResult);
            await cancelled.Task;
            return new Answer(Frames.Writer(1));
        });
        var peer = new RawPeer(server.Server);
        peer.Send(Frames.Bytes(1));
        await arrived.Task.WaitAsync(Frames.Patience);
        peer.Dispose();
        await cancelled.Task.WaitAsync(Frames.Patience);
        await server.Handlers[0].Closed.WaitAsync(Frames.Patience);
        Assert.Empty(server.Log.Lines);
    }
}

using Protocol.Transport;

namespace Tests.Unit.Transport;

/// <summary>Connections on which nothing comes or goes end; those that only wait for their answer do not.</summary>
public class IdleTests
{
    /// <summary>Long enough for a test to say something first on a busy machine.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData(Kind.Native)]
    [InlineData(Kind.Portable)]
    public async Task A_silent_connection_is_closed_without_a_word(Kind kind)
    {
        await using var server = new TestServer(Frames.Echo, kind, maxIdle: Limit);
        using var peer = new RawPeer(server.Server);
        peer.Send(Frames.Bytes(1));
        Frames.Check(peer.ReadFrame(), 1, 0);
        Assert.True(peer.IsAtEnd());
        await Assert.Single(server.Handlers).Closed.WaitAsync(Frames.Patience);
        Assert.Empty(server.Log.Lines);
    }

    [Fact]
    public async Task Half_a_frame_holds_no_connection()
    {
        await using var server = new TestServer(Frames.Echo, maxIdle: Limit);
        using var peer = new RawPeer(server.Server);
        peer.Send(Frames.Bytes(1, 100).AsSpan(0, 50));
        Assert.True(peer.IsAtEnd());
    }

    [Fact]
    public async Task A_client_that_takes_nothing_holds_no_connection()
    {
        var asked = Later();
        await using var server = new TestServer(
            (frame, _) =>
            {
                frame.Dispose();
                asked.SetResult();
                return new(new Answer(Frames.Writer(1, 32 * 1024 * 1024)));
            },
            maxIdle: Limit);
        using var peer = new RawPeer(server.Server, receiveBufferBytes: 4096);
        peer.Send(Frames.Bytes(1));
        await asked.Task.WaitAsync(Frames.Patience);
        await Assert.Single(server.Handlers).Closed.WaitAsync(Frames.Patience);
    }

    [Fact]
    public async Task A_request_that_waits_for_its_answer_keeps_the_connection()
    {
        var asked = Later();
        var slow = new TaskCompletionSource<Answer>();
        await using var server = new TestServer(
            (frame, _) =>
            {
                frame.Dispose();
                asked.SetResult();
                return new(slow.Task);
            },
            maxIdle: Limit);
        using var waiting = new RawPeer(server.Server);
        waiting.Send(Frames.Bytes(1));
        await asked.Task.WaitAsync(Frames.Patience);
        OutliveSilence(server);
        slow.SetResult(new Answer(Frames.Writer(1)));
        Frames.Check(waiting.ReadFrame(), 1, 0);
        Assert.True(waiting.IsAtEnd());
    }

    [Fact]
    public async Task A_negative_limit_closes_nobody()
    {
        await using var never = new TestServer(Frames.Echo, maxIdle: TimeSpan.FromMilliseconds(-1));
        await using var soon = new TestServer(Frames.Echo, maxIdle: Limit);
        using var kept = new RawPeer(never.Server);
        OutliveSilence(soon);
        kept.Send(Frames.Bytes(1));
        Frames.Check(kept.ReadFrame(), 1, 0);
    }

    /// <summary>What follows must not run on the loop that sets it: it would wait for that loop.</summary>
    private static TaskCompletionSource Later() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Returns when connections that came later have been closed for their silence, twice.</summary>
    private static void OutliveSilence(TestServer server)
    {
        for (var i = 0; i < 2; i++)
        {
            using var silent = new RawPeer(server.Server);
            Assert.True(silent.IsAtEnd());
        }
    }
}

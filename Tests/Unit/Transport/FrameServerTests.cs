using System.Collections.Concurrent;
using System.Threading.Tasks.Sources;
using CsCheck;
using Kernel;
using Protocol.Transport;

namespace Tests.Unit.Transport;

/// <summary>Frames in, answers out: order, cuts and bounds.</summary>
public class FrameServerTests
{
    [Theory]
    [InlineData(Kind.Native)]
    [InlineData(Kind.Portable)]
    public async Task Answers_leave_in_request_order_whatever_order_they_are_completed_in(Kind kind)
    {
        const int Requests = 40;
        var waiting = new ConcurrentDictionary<int, TaskCompletionSource<Answer>>();
        using var allArrived = new CountdownEvent(1);
        await using var server = new TestServer(
            (frame, _) =>
            {
                var number = Frames.Number(frame.Bytes.Span);
                frame.Dispose();
                if (number % 5 == 0)
                {
                    return new(new Answer(Frames.Writer(number)));
                }

                var source = new TaskCompletionSource<Answer>();
                waiting[number] = source;
                allArrived.Signal();
                return new(source.Task);
            },
            kind);

        Gen.Shuffle(Enumerable.Range(0, Requests).Where(n => n % 5 != 0).ToArray()).Sample(
            order =>
            {
                waiting.Clear();
                allArrived.Reset(order.Length);
                using var peer = new RawPeer(server.Server);
                peer.Send(Enumerable.Range(0, Requests).SelectMany(n => Frames.Bytes(n)).ToArray());
                Assert.True(allArrived.Wait(Frames.Patience));
                foreach (var number in order)
                {
                    waiting[number].SetResult(new Answer(Frames.Writer(number, number * 100)));
                }

                for (var n = 0; n < Requests; n++)
                {
                    Frames.Check(peer.ReadFrame(), n, n % 5 == 0 ? 0 : n * 100);
                }
            },
            iter: 20, threads: 1);
    }

    [Theory]
    [InlineData(Kind.Native)]
    [InlineData(Kind.Portable)]
    public async Task A_frame_may_be_cut_anywhere(Kind kind)
    {
        await using var server = new TestServer(Frames.Echo, kind);
        using var peer = new RawPeer(server.Server);
        byte[] two = [.. Frames.Bytes(1, 30), .. Frames.Bytes(2, 30)];
        for (var cut = 1; cut < two.Length; cut++)
        {
            peer.Send(two.AsSpan(0, cut));

            // A whole round trip elsewhere, so that the server has seen the first part by itself.
            using (var other = new RawPeer(server.Server))
            {
                other.Send(Frames.Bytes(9));
                Frames.Check(other.ReadFrame(), 9, 0);
            }

            peer.Send(two.AsSpan(cut));
            Frames.Check(peer.ReadFrame(), 1, 30);
            Frames.Check(peer.ReadFrame(), 2, 30);
        }
    }

    [Theory]
    [InlineData(Kind.Native)]
    [InlineData(Kind.Portable)]
    public async Task Frames_of_all_sizes_arrive_whole(Kind kind)
    {
        await using var server = new TestServer(Frames.Echo, kind);
        int[] sizes =
        [
            0, 1, 2047, 2048, 16_380, 16_384, 65_531, 65_532, 65_536, 70_000, Limits.UnreceivedFrameBytes - 4, Limits.UnreceivedFrameBytes,
            1 << 20, (1 << 21) + 1, 5_000_000, 40_000_000, 3, 100_000, 5,
        ];
        using var peer = new RawPeer(server.Server);
        var sending = Task.Run(() =>
        {
            for (var i = 0; i < sizes.Length; i++)
            {
                peer.Send(Frames.Bytes(i, sizes[i]));
            }
        });
        for (var i = 0; i < sizes.Length; i++)
        {
            Frames.Check(peer.ReadFrame(), i, sizes[i]);
        }

        await sending.WaitAsync(Frames.Patience);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0 }, "a frame length of 0")]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF }, "a frame length of -1")]
    [InlineData(new byte[] { 0x80, 0, 0, 0 }, "a frame length of -2147483648")]
    [InlineData(new byte[] { 6, 64, 0, 1 }, "a frame length of 104857601")]
    [InlineData(new byte[] { (byte)'G', (byte)'E', (byte)'T', (byte)' ', (byte)'/' }, "an HTTP request")]
    [InlineData(new byte[] { 0x16, 3, 1, 2, 0, 1 }, "a TLS handshake")]
    public async Task A_bad_length_closes_with_one_line_and_what_came_before_is_answered(byte[] bad, string what)
    {
        await using var server = new TestServer(Frames.Echo);
        using var peer = new RawPeer(server.Server);
        peer.Send([.. Frames.Bytes(1), .. bad]);
        Frames.Check(peer.ReadFrame(), 1, 0);
        Assert.True(peer.IsAtEnd());
        await server.Handlers[0].Closed.WaitAsync(Frames.Patience);
        Assert.Contains(what, Assert.Single(server.Log.Lines), StringComparison.Ordinal);
        Assert.Equal(0, server.Server.ConnectionCount);
    }

    [Fact]
    public async Task The_longest_frame_allowed_is_taken_and_one_byte_more_is_not()
    {
        await using var server = new TestServer(Frames.Echo, maxFrameBytes: 1000);
        using var peer = new RawPeer(server.Server);
        peer.Send(Frames.Bytes(1, 996));
        Frames.Check(peer.ReadFrame(), 1, 996);
        peer.Send(Frames.Bytes(2, 997));
        Assert.True(peer.IsAtEnd());
    }

    [Fact]
    public async Task An_announced_frame_costs_no_memory_before_it_comes()
    {
        // All connections are of one loop, and only what its thread allocates counts: other tests allocate at the same time.
        var allocated = 0L;
        await using var server = new TestServer(
            (frame, closed) =>
            {
                allocated = GC.GetAllocatedBytesForCurrentThread();
                return Frames.Echo(frame, closed);
            },
            threads: 1);
        var peers = Enumerable.Range(0, 50).Select(_ => new RawPeer(server.Server)).ToList();
        foreach (var peer in peers)
        {
            peer.Send(Frames.Bytes(1));
            peer.ReadFrame();
        }

        var before = allocated;
        foreach (var peer in peers)
        {
            // What arrives with a frame has been looked at when that frame is answered.
            peer.Send([.. Frames.Bytes(1), 6, 0x40, 0, 0, 1, 2, 3]);
            peer.ReadFrame();
        }

        using var other = new RawPeer(server.Server);
        other.Send(Frames.Bytes(1));
        other.ReadFrame();
        Assert.InRange(allocated - before, 0, 50 * 2L * Limits.UnreceivedFrameBytes);
        peers.ForEach(p => p.Dispose());
    }

    [Fact]
    public async Task No_more_than_the_limit_is_under_way()
    {
        var waiting = new ConcurrentQueue<TaskCompletionSource<Answer>>();
        using var arrived = new SemaphoreSlim(0);
        await using var server = new TestServer((frame, _) =>
        {
            frame.Dispose();
            var source = new TaskCompletionSource<Answer>();
            waiting.Enqueue(source);
            arrived.Release();
            return new(source.Task);
        });
        using var peer = new RawPeer(server.Server);
        const int Requests = Limits.MaxInFlightPerConnection + 10;
        peer.Send(Enumerable.Range(0, Requests).SelectMany(n => Frames.Bytes(n)).ToArray());
        for (var i = 0; i < Requests; i++)
        {
            Assert.True(await arrived.WaitAsync(Frames.Patience));
            Assert.True(waiting.Count <= Limits.MaxInFlightPerConnection);
            if (i >= Limits.MaxInFlightPerConnection - 1)
            {
                // The limit is reached: nothing more arrives before an answer has left.
                var number = i - Limits.MaxInFlightPerConnection + 1;
                Assert.Equal(0, arrived.CurrentCount);
                Assert.True(waiting.TryDequeue(out var source));
                source.SetResult(new Answer(Frames.Writer(number)));
                Frames.Check(peer.ReadFrame(), number, 0);
            }
        }
    }

    [Theory]
    [InlineData(Kind.Native)]
    [InlineData(Kind.Portable)]
    public async Task A_muted_connection_is_answered_first_and_not_read_until_its_time_is_over(Kind kind)
    {
        var handled = new ConcurrentQueue<int>();
        await using var server = new TestServer(
            (frame, _) =>
            {
                var number = Frames.Number(frame.Bytes.Span);
                handled.Enqueue(number);
                frame.Dispose();
                var mute = number switch { 1 => TimeSpan.FromMilliseconds(30), 3 => TimeSpan.FromHours(1), _ => default };
                return new(new Answer(Frames.Writer(number), Mute: mute));
            },
            kind);
        using var peer = new RawPeer(server.Server);
        peer.Send([.. Frames.Bytes(1), .. Frames.Bytes(2)]);
        Frames.Check(peer.ReadFrame(), 1, 0);
        Frames.Check(peer.ReadFrame(), 2, 0);

        peer.Send([.. Frames.Bytes(3), .. Frames.Bytes(4)]);
        Frames.Check(peer.ReadFrame(), 3, 0);
        peer.Send(Frames.Bytes(5));
        using var other = new RawPeer(server.Server);
        for (var n = 100; n < 150; n++)
        {
            other.Send(Frames.Bytes(n));
            Frames.Check(other.ReadFrame(), n, 0);
        }

        Assert.DoesNotContain(4, handled);
        Assert.DoesNotContain(5, handled);
    }

    [Fact]
    public async Task An_answer_that_comes_while_it_is_asked_for_counts_once()
    {
        await using var server = new TestServer((frame, _) =>
        {
            var number = Frames.Number(frame.Bytes.Span);
            frame.Dispose();
            return new(new SuddenAnswer(new Answer(Frames.Writer(number), Mute: TimeSpan.FromMilliseconds(1))), token: 0);
        });
        using var peer = new RawPeer(server.Server);
        peer.Send([.. Frames.Bytes(1), .. Frames.Bytes(2), .. Frames.Bytes(3)]);
        for (var n = 1; n <= 3; n++)
        {
            Frames.Check(peer.ReadFrame(), n, 0);
        }
    }

    /// <summary>Pending when it is looked at, completed when it is waited for.</summary>
    private sealed class SuddenAnswer(Answer answer) : IValueTaskSource<Answer>
    {
        private bool _isCompleted;

        public Answer GetResult(short token) => answer;

        public ValueTaskSourceStatus GetStatus(short token) => _isCompleted ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        {
            _isCompleted = true;
            continuation(state);
        }
    }
}

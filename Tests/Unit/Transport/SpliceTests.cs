using CsCheck;
using Microsoft.Win32.SafeHandles;
using Protocol.Transport;
using Protocol.Wire.Codec;

namespace Tests.Unit.Transport;

/// <summary>Answers whose bytes lie in files or in other memory arrive as if they had been copied.</summary>
public class SpliceTests
{
    private const int FileBytes = 12 * 1024 * 1024;

    [Theory]
    [InlineData(Kind.Native)]
    [InlineData(Kind.Portable)]
    public async Task Any_mixture_of_pieces_arrives_whole(Kind kind)
    {
        using var file = OpenFile(out var content);
        var leases = new Leases();
        FrameWriter? next = null;
        await using var server = new TestServer(
            (frame, _) =>
            {
                frame.Dispose();
                return new(new Answer(next));
            },
            kind);
        using var peer = new RawPeer(server.Server);
        var size = Gen.Frequency((3, Gen.Int[0, 50]), (3, Gen.Int[1000, 9000]), (2, Gen.Int[60_000, 140_000]), (1, Gen.Int[1_000_000, 3_000_000]));
        Gen.Select(Gen.Int[0, 2], size).Array[0, 12].Sample(
            pieces =>
            {
                next = Write(pieces, file, content, leases);
                var expected = next.ToArray();
                peer.Send(Frames.Bytes(1));
                Assert.True(expected.AsSpan(4).SequenceEqual(peer.ReadFrame()), "the answer is not what was written");
            },
            iter: 150, threads: 1);
        await server.Server.StopAsync(TimeSpan.Zero);
        leases.AssertAllReturned();
    }

    [Theory]
    [InlineData(Kind.Native)]
    [InlineData(Kind.Portable)]
    public async Task A_slow_reader_gets_everything_and_holds_up_nobody(Kind kind)
    {
        using var file = OpenFile(out var content);
        var leases = new Leases();
        await using var server = new TestServer(
            (frame, _) =>
            {
                var number = Frames.Number(frame.Bytes.Span);
                frame.Dispose();
                return new(new Answer(number == 0 ? Frames.Writer(0) : Write([(0, 10), (2, FileBytes), (0, 7), (2, 5000), (1, 200_000)], file, content, leases)));
            },
            kind, threads: 1);
        using var slow = new RawPeer(server.Server, receiveBufferBytes: 4096);
        for (var n = 1; n <= 3; n++)
        {
            slow.Send(Frames.Bytes(n));
        }

        using var other = new RawPeer(server.Server);
        for (var n = 0; n < 20; n++)
        {
            other.Send(Frames.Bytes(0));
            Frames.Check(other.ReadFrame(), 0, 0);
        }

        using var same = Write([(0, 10), (2, FileBytes), (0, 7), (2, 5000), (1, 200_000)], file, content, new Leases());
        var expected = same.ToArray();
        for (var n = 1; n <= 3; n++)
        {
            Assert.True(expected.AsSpan(4).SequenceEqual(slow.ReadFrame()), $"answer {n} is not what was written");
        }

        await server.Server.StopAsync(TimeSpan.Zero);
        leases.AssertAllReturned();
    }

    [Theory]
    [InlineData(Kind.Native)]
    [InlineData(Kind.Portable)]
    public async Task A_reader_that_leaves_in_the_middle_returns_every_lease(Kind kind)
    {
        using var file = OpenFile(out var content);
        var leases = new Leases();
        await using var server = new TestServer(
            (frame, _) =>
            {
                frame.Dispose();
                return new(new Answer(Write([(2, FileBytes), (1, 2_000_000)], file, content, leases)));
            },
            kind);
        using (var peer = new RawPeer(server.Server))
        {
            peer.Send([.. Frames.Bytes(1), .. Frames.Bytes(2), .. Frames.Bytes(3)]);
            Assert.True(peer.Socket.Receive(new byte[100]) > 0);
        }

        await server.Handlers[0].Closed.WaitAsync(Frames.Patience);
        leases.AssertAllReturned();
        Assert.Empty(server.Log.Lines);
    }

    [Theory]
    [InlineData(Kind.Native)]
    [InlineData(Kind.Portable)]
    public async Task A_file_that_is_shorter_than_its_slice_closes_the_connection_with_one_line(Kind kind)
    {
        using var file = OpenFile(out _);
        await using var server = new TestServer(
            (frame, _) =>
            {
                frame.Dispose();
                var writer = new FrameWriter();
                writer.BeginFrame();
                writer.WriteRecords(new WireRecords(new FileSlice(file, FileBytes - 1000, 2000)), compact: false);
                writer.EndFrame();
                return new(new Answer(writer));
            },
            kind);
        using var peer = new RawPeer(server.Server);
        peer.Send(Frames.Bytes(1));
        Assert.ThrowsAny<Exception>(() => peer.ReadFrame());
        await server.Handlers[0].Closed.WaitAsync(Frames.Patience);
        Assert.Contains("the file ends", Assert.Single(server.Log.Lines), StringComparison.Ordinal);
    }

    /// <summary>A frame of pieces: 0 copied bytes, 1 spliced memory, 2 a slice of the file.</summary>
    private static FrameWriter Write((int What, int Length)[] pieces, SafeFileHandle file, byte[] content, Leases leases)
    {
        var writer = new FrameWriter();
        writer.BeginFrame();
        writer.WriteInt32(pieces.Length);
        foreach (var (what, length) in pieces)
        {
            var offset = (length * 31) % (FileBytes - length + 1);
            switch (what)
            {
                case 0:
                    writer.WriteRaw(content.AsSpan(offset, length));
                    break;
                case 1:
                    writer.WriteRecords(new WireRecords(content.AsMemory(offset, length)), compact: false);
                    break;
                default:
                    writer.WriteRecords(new WireRecords(new FileSlice(file, offset, length, leases.Take())), compact: true);
                    break;
            }
        }

        writer.EndFrame();
        return writer;
    }

    private static SafeFileHandle OpenFile(out byte[] content)
    {
        content = new byte[FileBytes];
        Frames.Pattern(3, content);
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, FileOptions.DeleteOnClose);
        RandomAccess.Write(file, content, 0);
        return file;
    }

    private sealed class Leases
    {
        private int _taken;
        private int _returned;

        public IDisposable Take()
        {
            Interlocked.Increment(ref _taken);
            return new Lease(this);
        }

        public void AssertAllReturned() => Assert.Equal(_taken, _returned);

        private sealed class Lease(Leases leases) : IDisposable
        {
            public void Dispose() => Interlocked.Increment(ref leases._returned);
        }
    }
}

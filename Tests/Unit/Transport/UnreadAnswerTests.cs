using Kernel;
using Protocol.Transport;
using Protocol.Wire.Codec;

namespace Tests.Unit.Transport;

/// <summary>Clients that ask and do not read.</summary>
public class UnreadAnswerTests
{
    private const int AnswerBytes = 1024 * 1024;

    [Theory]
    [InlineData(Kind.Native)]
    [InlineData(Kind.Portable)]
    public async Task Answers_that_are_not_taken_stop_the_reading_of_requests_until_they_are(Kind kind)
    {
        var handled = 0;
        await using var server = new TestServer(
            (frame, _) =>
            {
                var number = Frames.Number(frame.Bytes.Span);
                handled += number == 0 ? 0 : 1;
                frame.Dispose();
                return new(new Answer(Frames.Writer(number, number == 0 ? 0 : AnswerBytes)));
            },
            kind,
            threads: 1);
        using var peer = new RawPeer(server.Server, receiveBufferBytes: 4096);
        peer.Send(Enumerable.Range(1, Limits.MaxInFlightPerConnection).SelectMany(n => Frames.Bytes(n)).ToArray());

        // The loop answers another connection after it has done what it could for the first.
        using var other = new RawPeer(server.Server);
        for (var i = 0; i < 10; i++)
        {
            other.Send(Frames.Bytes(0));
            Frames.Check(other.ReadFrame(), 0, 0);
        }

        // The kernel takes some megabytes, too, which are sent as far as anybody knows.
        const int Held = (int)(Limits.MaxUnsentAnswerBytesPerConnection / AnswerBytes);
        Assert.InRange(handled, Held, 2 * Held);
        for (var n = 1; n <= Limits.MaxInFlightPerConnection; n++)
        {
            Frames.Check(peer.ReadFrame(), n, AnswerBytes);
        }
    }

    [Fact]
    public void Ranges_of_files_are_not_in_memory()
    {
        using var writer = new FrameWriter();
        writer.BeginFrame();
        writer.WriteRecords(new WireRecords(new byte[5000]), compact: false);
        var before = writer.MemoryBytes;
        Assert.Equal(writer.TotalBytes, before);
        writer.WriteRecords(new WireRecords(new FileSlice(null!, 0, 100_000)), compact: false);
        Assert.Equal(before + sizeof(int), writer.MemoryBytes);
    }
}

using System.Buffers;
using CsCheck;
using Federation.Core.Mirroring;
using Federation.Mirror.Destination;
using Federation.Mirror.Source;
using Google.Protobuf;
using Kernel.Machines;
using Protocol.Contracts.Link;

namespace Tests.Unit.Mirroring;

public class LinkMessageTests
{
    private static readonly Gen<Batches> AnyBatches =
        from handle in Gen.UInt
        from partition in Gen.UInt
        from session in Gen.UInt
        from offset in Gen.Long
        from end in Gen.Long
        from start in Gen.Long
        from clock in Gen.Long
        from continues in Gen.Bool
        from records in Gen.Byte.Array[0, 300]
        select new Batches
        {
            Handle = handle, Partition = partition, Session = session, FromOffset = offset, CommittedEnd = end, LogStart = start, ClockMs = clock, Continues = continues,
            Records = ByteString.CopyFrom(records),
        };

    [Fact]
    public void Batches_are_read_as_the_generated_parser_reads_them() => Gen.Select(AnyBatches, Gen.Int[1, 40]).Sample((batches, pieceBytes) =>
    {
        var read = SourceMessage.Read(InPieces(new FromSource { Batches = batches }.ToByteArray(), pieceBytes));
        Assert.NotNull(read.Batches);
        Assert.Equal(batches.Records.ToByteArray(), read.Records?.Memory.ToArray() ?? []);
        Assert.Equal(new Batches(batches) { Records = ByteString.Empty }, read.Batches);
        read.Records?.Dispose();
    });

    [Fact]
    public void Other_messages_and_unknown_fields_pass()
    {
        var heartbeat = new FromSource { Heartbeat = new() { ClockMs = 5, Ends = { new Heartbeat.Types.End { Handle = 1, CommittedEnd = 7 } } } };
        Assert.Equal(heartbeat, SourceMessage.Read(InPieces(heartbeat.ToByteArray(), 3)).Other);

        // Field 100 of each wire type, behind the records and behind the batches.
        byte[] unknown = [0xA0, 0x06, 0x05, 0xA2, 0x06, 0x01, 0x09, 0xA5, 0x06, 1, 2, 3, 4, 0xA1, 0x06, 1, 2, 3, 4, 5, 6, 7, 8];
        var inner = new Batches { Handle = 3, Records = ByteString.CopyFrom(1, 2, 3) }.ToByteArray();
        byte[] message = [(byte)((FromSource.BatchesFieldNumber << 3) | 2), (byte)(inner.Length + unknown.Length), .. inner, .. unknown];
        foreach (var bytes in new[] { message, [.. message, .. unknown] })
        {
            var read = SourceMessage.Read(InPieces(bytes, 4));
            Assert.Equal(3u, read.Batches!.Handle);
            Assert.Equal([1, 2, 3], read.Records!.Memory.ToArray());
        }
    }

    [Fact]
    public void Damaged_messages_are_refused_or_read_and_nothing_else() => Gen.Select(AnyBatches, Gen.Int[0, 400], Gen.Byte, Gen.Int[0, 400]).Sample((batches, at, value, length) =>
    {
        var bytes = new FromSource { Batches = batches }.ToByteArray();
        bytes[at % bytes.Length] = value;
        try
        {
            SourceMessage.Read(new ReadOnlySequence<byte>(bytes.AsMemory(0, Math.Min(length, bytes.Length)))).Records?.Dispose();
        }
        catch (Exception e) when (e is InvalidDataException or InvalidProtocolBufferException)
        {
        }
    });

    [Fact]
    public void What_is_cut_for_the_link_is_put_together_again() => Gen.Int[1, 2_500_000].Array[1, 3].Sample(
        bodies =>
        {
            var batches = new List<byte>();
            var ends = new List<long>();
            long next = 10;
            foreach (var body in bodies)
            {
                batches.AddRange(MirrorDriver.Batch(next, next + 3, body));
                next += 3;
                ends.Add(next);
            }

            using var assembly = new PushAssembly();
            var together = new List<byte>();
            long from = 10;
            foreach (var piece in PushSplit.Cut(batches.ToArray(), 10))
            {
                Assert.InRange(piece.Bytes.Length, 1, PushSplit.MaxPieceBytes);
                var records = new RentedMemory(piece.Bytes.Length);
                piece.Bytes.CopyTo(records.Memory);
                if (assembly.Take(new() { Continues = piece.Continues }, records) is { } payload)
                {
                    Assert.Equal(from, payload.Range.BaseOffset);
                    Assert.False(payload.Range.IsMalformed);
                    together.AddRange(payload.Bytes.ToArray());
                    from = payload.Range.NextOffset;
                    Assert.Equal(piece.NextOffset, from);
                    payload.Dispose();
                }
            }

            Assert.True(batches.ToArray().AsSpan().SequenceEqual(together.ToArray()));
        },
        iter: 20);

    [Fact]
    public void A_batch_that_never_ends_is_refused()
    {
        using var assembly = new PushAssembly();
        var endless = Assert.Throws<InvalidDataException>(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                assembly.Take(new() { Continues = true }, new RentedMemory(4 * 1024 * 1024));
            }
        });
        Assert.Contains("more than", endless.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ranges_of_any_bytes_never_throw() => Gen.Byte.Array[0, 400].Sample(bytes =>
    {
        var range = BatchRange.Read(bytes);
        Assert.InRange(range.WholeBytes, 0, bytes.Length);
    });

    [Fact]
    public void Ranges_say_what_is_whole()
    {
        byte[] bytes = [.. MirrorDriver.Batch(5, 9), .. MirrorDriver.Batch(9, 12)];
        Assert.Equal((5, 12, 200, false), Seen(bytes));
        Assert.Equal((5, 9, 100, false), Seen(bytes.AsSpan(0, 199)));
        Assert.Equal((-1, -1, 0, false), Seen(bytes.AsSpan(0, 60)));
        bytes[116] = 1;
        Assert.Equal((5, 9, 100, true), Seen(bytes));

        static (long, long, int, bool) Seen(ReadOnlySpan<byte> bytes)
        {
            var range = BatchRange.Read(bytes);
            return (range.BaseOffset, range.NextOffset, range.WholeBytes, range.IsMalformed);
        }
    }

    [Fact]
    public void Lag_marks_are_bounded_and_never_make_a_copy_look_younger() => Gen.Int[1, 50].Array[1, 400].Sample(steps =>
    {
        var marks = new LagMarks();
        var all = new List<(long End, long At)>();
        long end = 0, at = 0, reached = 0;
        foreach (var step in steps)
        {
            at += step;
            end += step % 7;
            if (end > reached)
            {
                marks.Add(end, at);
            }

            all.Add((end, at));
            if (step % 5 == 0)
            {
                reached = Math.Max(reached, end - (step % 11));
                marks.Reached(reached);
            }

            var oldest = all.Where(m => m.End > reached).Select(m => (long?)m.At).FirstOrDefault();
            Assert.Equal(oldest is null, marks.OldestMs is null);
            Assert.True(marks.OldestMs is null || marks.OldestMs <= oldest);
        }
    });

    [Fact]
    public void Back_off_lies_between_its_bounds() => Gen.Select(Gen.Int[1, 100], Gen.ULong).Sample((failures, seed) =>
    {
        var wait = Backoff.After(failures, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(5), new Prng(seed));
        Assert.InRange(wait, TimeSpan.FromMilliseconds(25), TimeSpan.FromSeconds(5));
    });

    private static ReadOnlySequence<byte> InPieces(byte[] bytes, int pieceBytes)
    {
        Piece? first = null, last = null;
        for (var at = 0; at < bytes.Length || first is null; at += pieceBytes)
        {
            last = new Piece(bytes.AsMemory(at, Math.Min(pieceBytes, bytes.Length - at)), last);
            first ??= last;
        }

        return new(first, 0, last!, last!.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, Piece? before)
        {
            Memory = memory;
            RunningIndex = before is null ? 0 : before.RunningIndex + before.Memory.Length;
            before?.Next = this;
        }
    }
}

using System.Buffers;
using Google.Protobuf;
using Protocol.Contracts.Link;

namespace Federation.Mirror.Destination;

/// <summary>
/// A message from the source. Batches, which are nearly all of them, are read here rather than by the generated parser, so that their bytes go from the
/// socket's buffers into pooled memory once, instead of into a new array for each.
/// </summary>
internal sealed class SourceMessage
{
    private const uint BatchesTag = (FromSource.BatchesFieldNumber << 3) | 2;
    private const uint RecordsTag = (Batches.RecordsFieldNumber << 3) | 2;

    private SourceMessage(FromSource? other, Batches? batches, RentedMemory? records)
    {
        Other = other;
        Batches = batches;
        Records = records;
    }

    /// <summary>Anything but batches.</summary>
    public FromSource? Other { get; }

    /// <summary>Batches, without their bytes.</summary>
    public Batches? Batches { get; }

    /// <summary>The bytes of the batches; whoever takes the message owns them. Null: none.</summary>
    public RentedMemory? Records { get; }

    /// <summary>Reads one message. Unknown fields are skipped. Throws <see cref="InvalidProtocolBufferException"/> or <see cref="InvalidDataException"/>.</summary>
    public static SourceMessage Read(ReadOnlySequence<byte> bytes)
    {
        var reader = new SequenceReader<byte>(bytes);
        if (!reader.TryPeek(out var first) || first != BatchesTag)
        {
            return new(FromSource.Parser.ParseFrom(bytes), null, null);
        }

        reader.Advance(1);
        var length = ReadVarint(ref reader);
        if (length != (ulong)reader.Remaining)
        {
            // Something stands behind the batches that this version does not know: the generated parser knows how to skip it.
            return FromParser(FromSource.Parser.ParseFrom(bytes));
        }

        RentedMemory? records = null;
        try
        {
            var batches = ReadBatches(ref reader, ref records);
            return new(null, batches, records);
        }
        catch
        {
            records?.Dispose();
            throw;
        }
    }

    private static SourceMessage FromParser(FromSource message)
    {
        if (message.BodyCase != FromSource.BodyOneofCase.Batches)
        {
            return new(message, null, null);
        }

        var records = new RentedMemory(message.Batches.Records.Length);
        message.Batches.Records.Span.CopyTo(records.Memory.Span);
        return new(null, message.Batches, records);
    }

    private static Batches ReadBatches(ref SequenceReader<byte> reader, ref RentedMemory? records)
    {
        var batches = new Batches();
        while (!reader.End)
        {
            var tag = ReadVarint(ref reader);
            if (tag == RecordsTag)
            {
                var length = ReadVarint(ref reader);
                if (length > (ulong)reader.Remaining)
                {
                    throw Bad("records go beyond the message");
                }

                records?.Dispose();
                records = new((int)length);
                reader.TryCopyTo(records.Memory.Span);
                reader.Advance((long)length);
                continue;
            }

            if ((tag & 7) != 0)
            {
                Skip(ref reader, (uint)tag & 7);
                continue;
            }

            var value = ReadVarint(ref reader);
            switch (tag >> 3)
            {
                case Batches.HandleFieldNumber:
                    batches.Handle = (uint)value;
                    break;
                case Batches.PartitionFieldNumber:
                    batches.Partition = (uint)value;
                    break;
                case Batches.SessionFieldNumber:
                    batches.Session = (uint)value;
                    break;
                case Batches.FromOffsetFieldNumber:
                    batches.FromOffset = (long)value;
                    break;
                case Batches.CommittedEndFieldNumber:
                    batches.CommittedEnd = (long)value;
                    break;
                case Batches.LogStartFieldNumber:
                    batches.LogStart = (long)value;
                    break;
                case Batches.ClockMsFieldNumber:
                    batches.ClockMs = (long)value;
                    break;
                case Batches.ContinuesFieldNumber:
                    batches.Continues = value != 0;
                    break;
            }
        }

        return batches;
    }

    private static void Skip(ref SequenceReader<byte> reader, uint wireType)
    {
        var length = wireType switch
        {
            1 => 8UL,
            2 => ReadVarint(ref reader),
            5 => 4UL,
            _ => throw Bad($"wire type {wireType}"),
        };
        if (length > (ulong)reader.Remaining)
        {
            throw Bad("a field goes beyond the message");
        }

        reader.Advance((long)length);
    }

    private static ulong ReadVarint(ref SequenceReader<byte> reader)
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (!reader.TryRead(out var b))
            {
                throw Bad("the message is cut");
            }

            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
            {
                return value;
            }
        }

        throw Bad("a number of more than ten bytes");
    }

    private static InvalidDataException Bad(string what) => new($"the link's message cannot be read: {what}");
}

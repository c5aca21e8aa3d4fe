using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Broker.Core.Metadata;

/// <summary>
/// Records as bytes: a type byte, then the fields. Numbers are LEB128 or eight bytes little-endian, texts are UTF-8 behind their length. A
/// type's fields never change; new needs get new types, so a log of any age can be read.
/// </summary>
public static class ClusterRecordCodec
{
    private const byte ClusterFormed = 1;
    private const byte BrokerStarted = 2;
    private const byte TopicCreated = 3;
    private const byte TopicDeleted = 4;
    private const byte PartitionsAdded = 5;
    private const byte ConfigChanged = 6;
    private const byte MirrorFenced = 7;
    private const byte ProducerIdsAllocated = 8;
    private const byte MirrorMoved = 9;

    /// <summary>Appends a record.</summary>
    public static void Write(IBufferWriter<byte> to, ClusterRecord record)
    {
        switch (record)
        {
            case ClusterRecord.ClusterFormed formed:
                WriteByte(to, ClusterFormed);
                WriteText(to, formed.ClusterId);
                break;
            case ClusterRecord.BrokerStarted started:
                WriteByte(to, BrokerStarted);
                WriteNumber(to, (ulong)started.BrokerEpoch);
                break;
            case ClusterRecord.TopicCreated created:
                WriteByte(to, TopicCreated);
                WriteId(to, created.Id);
                WriteText(to, created.Name);
                WriteNumber(to, (ulong)created.PartitionCount);
                WriteNumber(to, (ulong)created.FirstLeaderEpoch);
                WriteMirror(to, created.Mirror);
                WriteNumber(to, (ulong)created.Configs.Count);
                foreach (var (name, value) in created.Configs)
                {
                    WriteText(to, name);
                    WriteText(to, value);
                }

                break;
            case ClusterRecord.TopicDeleted deleted:
                WriteByte(to, TopicDeleted);
                WriteId(to, deleted.Id);
                break;
            case ClusterRecord.PartitionsAdded added:
                WriteByte(to, PartitionsAdded);
                WriteId(to, added.Id);
                WriteNumber(to, (ulong)added.PartitionCount);
                break;
            case ClusterRecord.ConfigChanged changed:
                WriteByte(to, ConfigChanged);
                WriteByte(to, (byte)changed.Resource.Type);
                WriteText(to, changed.Resource.Name);
                WriteText(to, changed.Name);
                WriteByte(to, changed.Value is null ? (byte)0 : (byte)1);
                if (changed.Value is { } value2)
                {
                    WriteText(to, value2);
                }

                break;
            case ClusterRecord.MirrorFenced fenced:
                WriteByte(to, MirrorFenced);
                WriteId(to, fenced.TopicId);
                WriteInt64(to, fenced.FencingEpoch);
                break;
            case ClusterRecord.MirrorMoved moved:
                WriteByte(to, MirrorMoved);
                WriteId(to, moved.TopicId);
                WriteText(to, moved.Region);
                WriteInt64(to, moved.FencingEpoch);
                break;
            case ClusterRecord.ProducerIdsAllocated allocated:
                WriteByte(to, ProducerIdsAllocated);
                WriteInt64(to, allocated.NextProducerId);
                break;
            default:
                throw new Kernel.InvariantBrokenException($"record {record.GetType().Name} has no form on disk");
        }
    }

    /// <summary>
    /// Takes the first record off the bytes. Throws <see cref="MetadataLogException"/> when they are no record, or one of a newer version of the
    /// broker.
    /// </summary>
    public static ClusterRecord Read(ref ReadOnlySpan<byte> from)
    {
        var type = ReadByte(ref from);
        return type switch
        {
            ClusterFormed => new ClusterRecord.ClusterFormed(ReadText(ref from)),
            BrokerStarted => new ClusterRecord.BrokerStarted(ReadInt32(ref from)),
            TopicCreated => ReadTopic(ref from),
            TopicDeleted => new ClusterRecord.TopicDeleted(ReadId(ref from)),
            PartitionsAdded => new ClusterRecord.PartitionsAdded(ReadId(ref from), ReadInt32(ref from)),
            ConfigChanged => new ClusterRecord.ConfigChanged(
                new ConfigResource((ConfigResourceType)ReadByte(ref from), ReadText(ref from)),
                ReadText(ref from),
                ReadByte(ref from) == 0 ? null : ReadText(ref from)),
            MirrorFenced => new ClusterRecord.MirrorFenced(ReadId(ref from), ReadInt64(ref from)),
            MirrorMoved => new ClusterRecord.MirrorMoved(ReadId(ref from), ReadText(ref from), ReadInt64(ref from)),
            ProducerIdsAllocated => new ClusterRecord.ProducerIdsAllocated(ReadInt64(ref from)),
            _ => throw new MetadataLogException($"record type {type} is unknown: a newer version of the broker wrote it"),
        };
    }

    private static ClusterRecord.TopicCreated ReadTopic(ref ReadOnlySpan<byte> from)
    {
        var id = ReadId(ref from);
        var name = ReadText(ref from);
        var partitions = ReadInt32(ref from);
        var epoch = ReadInt32(ref from);
        var mirror = ReadByte(ref from) == 0 ? null : new MirrorOrigin(ReadText(ref from), ReadInt64(ref from));

        // A setting takes two bytes at least, so a count that cannot be true is refused before anything is allocated.
        var count = ReadInt32(ref from);
        if (count > from.Length / 2)
        {
            throw new MetadataLogException($"{count} settings in {from.Length} bytes");
        }

        var configs = new KeyValuePair<string, string>[count];
        for (var i = 0; i < count; i++)
        {
            configs[i] = new(ReadText(ref from), ReadText(ref from));
        }

        return new ClusterRecord.TopicCreated(id, name, partitions, configs, mirror, epoch);
    }

    private static void WriteMirror(IBufferWriter<byte> to, MirrorOrigin? mirror)
    {
        WriteByte(to, mirror is null ? (byte)0 : (byte)1);
        if (mirror is not null)
        {
            WriteText(to, mirror.Region);
            WriteInt64(to, mirror.FencingEpoch);
        }
    }

    private static void WriteByte(IBufferWriter<byte> to, byte value)
    {
        to.GetSpan(1)[0] = value;
        to.Advance(1);
    }

    private static void WriteInt64(IBufferWriter<byte> to, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(to.GetSpan(8), value);
        to.Advance(8);
    }

    private static void WriteId(IBufferWriter<byte> to, Guid id)
    {
        id.TryWriteBytes(to.GetSpan(16), bigEndian: true, out _);
        to.Advance(16);
    }

    private static void WriteText(IBufferWriter<byte> to, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        WriteNumber(to, (ulong)length);
        Encoding.UTF8.GetBytes(text, to.GetSpan(Math.Max(1, length)));
        to.Advance(length);
    }

    internal static void WriteNumber(IBufferWriter<byte> to, ulong value)
    {
        var span = to.GetSpan(10);
        var i = 0;
        for (; value >= 0x80; value >>= 7)
        {
            span[i++] = (byte)(value | 0x80);
        }

        span[i++] = (byte)value;
        to.Advance(i);
    }

    internal static int ReadInt32(ref ReadOnlySpan<byte> from)
    {
        ulong value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var b = ReadByte(ref from);
            value |= (ulong)(b & 0x7F) << shift;
            if ((b & 0x80) == 0)
            {
                return value <= int.MaxValue ? (int)value : throw new MetadataLogException($"number {value} is too large");
            }
        }

        throw new MetadataLogException("a number is too long");
    }

    private static byte ReadByte(ref ReadOnlySpan<byte> from) => Take(ref from, 1)[0];

    private static long ReadInt64(ref ReadOnlySpan<byte> from) => BinaryPrimitives.ReadInt64LittleEndian(Take(ref from, 8));

    private static Guid ReadId(ref ReadOnlySpan<byte> from) => new(Take(ref from, 16), bigEndian: true);

    private static string ReadText(ref ReadOnlySpan<byte> from) => Encoding.UTF8.GetString(Take(ref from, ReadInt32(ref from)));

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> from, int length)
    {
        if (length > from.Length)
        {
            throw new MetadataLogException($"{length} bytes wanted, {from.Length} left");
        }

        var taken = from[..length];
        from = from[length..];
        return taken;
    }
}

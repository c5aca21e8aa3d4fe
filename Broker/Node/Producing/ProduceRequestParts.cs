using System.Runtime.InteropServices;
using Kernel;
using Protocol.Wire.Codec;

namespace Broker.Node.Producing;

/// <summary>
/// A produce request as flat arrays that are used again. It reads the same bytes as the generated <see cref="Protocol.Wire.Messages.ProduceRequest"/>,
/// which stays the specification (a test compares the two), without its seven objects a partition: this is the broker's hottest path.
/// </summary>
internal sealed class ProduceRequestParts
{
    // Up to here comparing all pairs is cheaper than a hash set.
    private const int MaxPairwise = 16;

    private ProduceTopic[] _topics = new ProduceTopic[4];
    private ProducePart[] _parts = new ProducePart[4];

    public string? TransactionalId { get; private set; }

    public short Acks { get; private set; }

    public int TimeoutMs { get; private set; }

    public int TopicCount { get; private set; }

    public int PartCount { get; private set; }

    public ReadOnlySpan<ProduceTopic> Topics => _topics.AsSpan(0, TopicCount);

    /// <summary>The partitions, each once, those of a topic one after the other.</summary>
    public Span<ProducePart> Parts => _parts.AsSpan(0, PartCount);

    public ref ProducePart Part(int at) => ref _parts[at];

    /// <summary>
    /// Reads versions 3 to 13. Throws <see cref="WireFormatException"/>. Of a partition named twice the later entry counts, in the place of
    /// the earlier.
    /// </summary>
    public void Read(ReadOnlyMemory<byte> body, short version)
    {
        var flexible = version >= 9;
        var reader = new WireReader(body);
        TransactionalId = reader.ReadNullableString(flexible);
        Acks = reader.ReadInt16();
        TimeoutMs = reader.ReadInt32();
        TopicCount = PartCount = 0;
        for (var topics = Length(reader.ReadArrayLength(flexible, 2)); topics > 0; topics--)
        {
            AddTopic(version >= 13 ? new(null, reader.ReadUuid()) : new(reader.ReadString(flexible), Guid.Empty));
            for (var partitions = Length(reader.ReadArrayLength(flexible, 5)); partitions > 0; partitions--)
            {
                AddPart(reader.ReadInt32(), reader.ReadRecords(flexible));
                SkipTags(ref reader, flexible);
            }

            SkipTags(ref reader, flexible);
        }

        SkipTags(ref reader, flexible);
        DropRepeated();
    }

    /// <summary>Forgets the request.</summary>
    public void Clear()
    {
        TransactionalId = null;
        if (_topics.Length > Limits.MaxPooledRequestEntries || _parts.Length > Limits.MaxPooledRequestEntries)
        {
            _topics = new ProduceTopic[4];
            _parts = new ProducePart[4];
        }
        else
        {
            _topics.AsSpan(0, TopicCount).Clear();
            Parts.Clear();
        }

        TopicCount = PartCount = 0;
    }

    private static int Length(int length) => length >= 0 ? length : throw new WireFormatException("an array of a produce request must not be null");

    private static void SkipTags(ref WireReader reader, bool flexible)
    {
        if (flexible)
        {
            reader.SkipTaggedFields();
        }
    }

    private void AddTopic(ProduceTopic topic)
    {
        if (TopicCount == _topics.Length)
        {
            Array.Resize(ref _topics, TopicCount * 2);
        }

        _topics[TopicCount++] = topic;
    }

    private void AddPart(int index, WireRecords records)
    {
        if (PartCount == _parts.Length)
        {
            Array.Resize(ref _parts, PartCount * 2);
        }

        ref var part = ref _parts[PartCount++];
        part = default;
        part.TopicAt = TopicCount - 1;
        part.Index = index;
        part.IsNull = records.IsNull;
        part.Records = MemoryMarshal.AsMemory(records.Memory);
        part.BaseOffset = part.LogAppendTimeMs = part.LogStartOffset = -1;
    }

    private void DropRepeated()
    {
        if (PartCount < 2)
        {
            return;
        }

        var seen = PartCount > MaxPairwise ? new Dictionary<(ProduceTopic Topic, int Index), int>(PartCount) : null;
        var kept = 0;
        for (var i = 0; i < PartCount; i++)
        {
            var earlier = seen is null ? FindPart(_parts[i], kept) : seen.GetValueOrDefault((_topics[_parts[i].TopicAt], _parts[i].Index), -1);
            if (earlier >= 0)
            {
                _parts[earlier].Records = _parts[i].Records;
                _parts[earlier].IsNull = _parts[i].IsNull;
                continue;
            }

            seen?.Add((_topics[_parts[i].TopicAt], _parts[i].Index), kept);
            if (kept != i)
            {
                _parts[kept] = _parts[i];
            }

            kept++;
        }

        Parts[kept..].Clear();
        PartCount = kept;
    }

    private int FindPart(in ProducePart part, int among)
    {
        for (var i = 0; i < among; i++)
        {
            if (_parts[i].Index == part.Index && (_parts[i].TopicAt == part.TopicAt || _topics[_parts[i].TopicAt] == _topics[part.TopicAt]))
            {
                return i;
            }
        }

        return -1;
    }
}

using Broker.Core.Fetching;
using Kernel;
using Protocol.Wire.Codec;

namespace Broker.Node.Fetching;

/// <summary>What a fetch asks of one partition.</summary>
internal record struct FetchPart(FetchKey Key, int CurrentLeaderEpoch, long FetchOffset, int LastFetchedEpoch, int MaxBytes);

/// <summary>
/// A fetch request as flat arrays that are used again. It reads the same bytes as the generated <see cref="Protocol.Wire.Messages.FetchRequest"/>, which stays
/// the specification (a test compares the two), without its objects for each partition. What only followers say is read and dropped.
/// </summary>
internal sealed class FetchRequestParts
{
    private FetchPart[] _parts = new FetchPart[4];
    private FetchKey[] _forgotten = [];
    private int _partCount;
    private int _forgottenCount;

    /// <summary>-1 for a consumer; others are refused partition by partition.</summary>
    public int ReplicaId { get; private set; }

    public int MaxWaitMs { get; private set; }

    public int MinBytes { get; private set; }

    public int MaxBytes { get; private set; }

    public sbyte IsolationLevel { get; private set; }

    public int SessionId { get; private set; }

    /// <summary>0 opens a session, -1 ends it or asks without one, others go on with it.</summary>
    public int SessionEpoch { get; private set; }

    /// <summary>The partitions, in the order of the request; one named twice stands there twice.</summary>
    public ReadOnlySpan<FetchPart> Parts => _parts.AsSpan(0, _partCount);

    /// <summary>The partitions that leave the session.</summary>
    public ReadOnlySpan<FetchKey> Forgotten => _forgotten.AsSpan(0, _forgottenCount);

    /// <summary>A name is longer than any topic's: a session would keep it for as long as it lives.</summary>
    public bool HasEndlessName { get; private set; }

    /// <summary>Reads versions 4 to 18. Throws <see cref="WireFormatException"/>.</summary>
    public void Read(ReadOnlyMemory<byte> body, short version)
    {
        var flexible = version >= 12;
        var reader = new WireReader(body);
        _partCount = _forgottenCount = 0;
        HasEndlessName = false;
        ReplicaId = version <= 14 ? reader.ReadInt32() : -1;
        MaxWaitMs = reader.ReadInt32();
        MinBytes = reader.ReadInt32();
        MaxBytes = reader.ReadInt32();
        IsolationLevel = reader.ReadInt8();
        SessionId = version >= 7 ? reader.ReadInt32() : 0;
        SessionEpoch = version >= 7 ? reader.ReadInt32() : -1;
        for (var topics = Length(reader.ReadArrayLength(flexible, 2)); topics > 0; topics--)
        {
            var (name, id) = ReadTopic(ref reader, version);
            HasEndlessName |= name?.Length > Limits.MaxTopicNameChars;
            for (var partitions = Length(reader.ReadArrayLength(flexible, 16)); partitions > 0; partitions--)
            {
                ReadPart(ref reader, name, id, version);
            }

            SkipTags(ref reader, flexible);
        }

        if (version >= 7)
        {
            for (var topics = Length(reader.ReadArrayLength(flexible, 2)); topics > 0; topics--)
            {
                var (name, id) = ReadTopic(ref reader, version);
                for (var partitions = Length(reader.ReadArrayLength(flexible, 4)); partitions > 0; partitions--)
                {
                    AddForgotten(new(name, id, reader.ReadInt32()));
                }

                SkipTags(ref reader, flexible);
            }
        }

        if (version >= 11)
        {
            // The rack: there is no nearer replica to prefer.
            reader.ReadString(flexible);
        }

        if (flexible)
        {
            ReadTags(ref reader, version);
        }
    }

    /// <summary>Forgets the request.</summary>
    public void Clear()
    {
        if (_parts.Length > Limits.MaxPooledRequestEntries || _forgotten.Length > Limits.MaxPooledRequestEntries)
        {
            _parts = new FetchPart[4];
            _forgotten = [];
        }
        else
        {
            _parts.AsSpan(0, _partCount).Clear();
            _forgotten.AsSpan(0, _forgottenCount).Clear();
        }

        _partCount = _forgottenCount = 0;
    }

    private static int Length(int length) => length >= 0 ? length : throw new WireFormatException("an array of a fetch request must not be null");

    private static void SkipTags(ref WireReader reader, bool flexible)
    {
        if (flexible)
        {
            reader.SkipTaggedFields();
        }
    }

    private static (string? Name, Guid Id) ReadTopic(ref WireReader reader, short version) =>
        version >= 13 ? (null, reader.ReadUuid()) : (reader.ReadString(version >= 12), Guid.Empty);

    private void ReadPart(ref WireReader reader, string? name, Guid id, short version)
    {
        var index = reader.ReadInt32();
        var currentLeaderEpoch = version >= 9 ? reader.ReadInt32() : -1;
        var fetchOffset = reader.ReadInt64();
        var lastFetchedEpoch = version >= 12 ? reader.ReadInt32() : -1;
        if (version >= 5)
        {
            // A follower's log start.
            reader.ReadInt64();
        }

        var maxBytes = reader.ReadInt32();
        SkipTags(ref reader, version >= 12);
        if (_partCount == _parts.Length)
        {
            Array.Resize(ref _parts, _partCount * 2);
        }

        _parts[_partCount++] = new(new(name, id, index), currentLeaderEpoch, fetchOffset, lastFetchedEpoch, maxBytes);
    }

    private void AddForgotten(FetchKey key)
    {
        if (_forgottenCount == _forgotten.Length)
        {
            Array.Resize(ref _forgotten, Math.Max(4, _forgottenCount * 2));
        }

        _forgotten[_forgottenCount++] = key;
    }

    private void ReadTags(ref WireReader reader, short version)
    {
        for (var left = reader.ReadVarUInt(); left > 0; left--)
        {
            var tag = reader.ReadVarUInt();
            var size = reader.ReadVarUInt();
            if (tag != 1 || version < 15)
            {
                reader.Skip(size);
                continue;
            }

            // ReplicaState: who asks, from version 15 on.
            var end = reader.Position + (long)size;
            ReplicaId = reader.ReadInt32();
            reader.ReadInt64();
            reader.SkipTaggedFields();
            if (reader.Position != end)
            {
                throw new WireFormatException("tagged field ReplicaState of another size than announced");
            }
        }
    }
}

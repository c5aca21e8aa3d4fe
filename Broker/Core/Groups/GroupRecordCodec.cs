using System.Buffers.Binary;
using Kernel;
using Protocol.Wire.Codec;
using Protocol.Wire.Messages;

namespace Broker.Core.Groups;

/// <summary>
/// Group records as bytes, in Kafka's own formats: any Kafka tool decodes them. A key begins with the record's type, a value with its
/// version, both int16. Stateless.
/// </summary>
public static class GroupRecordCodec
{
    private const short LegacyOffsetCommitType = 0;
    private const short OffsetCommitType = 1;
    private const short GroupMetadataType = 2;

    // What Apache Kafka 4.3 writes: the last format of groups without tagged fields, and the first of offsets that holds the topic id;
    // an offset with an expiry time of its own has to have the one format that knows such a time.
    private const short GroupMetadataVersion = 3;
    private const short OffsetCommitVersion = 4;
    private const short OffsetCommitVersionWithExpiry = 1;
    private const short KeyVersion = 0;

    private const int VersionBytes = 2;

    /// <summary>Writes the record's key.</summary>
    public static void WriteKey(GroupRecord record, FrameWriter writer)
    {
        switch (record)
        {
            case GroupRecord.GroupStored or GroupRecord.GroupRemoved:
                writer.WriteInt16(GroupMetadataType);
                new GroupMetadataKey { Group = record.GroupId }.Write(writer, KeyVersion);
                break;
            case GroupRecord.OffsetStored stored:
                WriteOffsetKey(writer, stored.GroupId, stored.Topic, stored.Partition);
                break;
            case GroupRecord.OffsetRemoved removed:
                WriteOffsetKey(writer, removed.GroupId, removed.Topic, removed.Partition);
                break;
            default:
                throw new InvariantBrokenException($"a record of no known kind: {record}");
        }
    }

    /// <summary>Writes the record's value; false, with nothing written, for a tombstone, whose value is null.</summary>
    public static bool TryWriteValue(GroupRecord record, FrameWriter writer)
    {
        switch (record)
        {
            case GroupRecord.GroupStored stored:
                writer.WriteInt16(GroupMetadataVersion);
                ToMessage(stored.Image).Write(writer, GroupMetadataVersion);
                return true;
            case GroupRecord.OffsetStored stored:
                var version = VersionOf(stored.Value);
                writer.WriteInt16(version);
                ToMessage(stored.Value).Write(writer, version);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Whether all strings of a stored group fit its format. What does not must be refused: a record that cannot be written ends the shard.</summary>
    public static bool CanHold(GroupRecord.GroupStored record)
    {
        var image = record.Image;
        var fits = GroupStrings.Fits(record.GroupId) && GroupStrings.Fits(image.ProtocolType) && GroupStrings.Fits(image.Protocol);
        foreach (var member in image.Members)
        {
            fits &= GroupStrings.Fits(member.MemberId) && GroupStrings.Fits(member.InstanceId)
                && GroupStrings.Fits(member.ClientId) && GroupStrings.Fits(member.ClientHost);
        }

        return fits;
    }

    /// <summary>Bytes of a stored group's key and value.</summary>
    public static int SizeOf(GroupRecord.GroupStored record)
        => (2 * VersionBytes) + new GroupMetadataKey { Group = record.GroupId }.SizeOf(KeyVersion) + ToMessage(record.Image).SizeOf(GroupMetadataVersion);

    /// <summary>
    /// Reads a record; null when its type or version is not known, which other versions of Kafka may write and which means nothing here.
    /// </summary>
    /// <param name="value">Null for a tombstone. Copied where it is kept.</param>
    /// <exception cref="WireFormatException">The type and version are known, and the bytes are not of that format.</exception>
    public static GroupRecord? Read(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte>? value)
    {
        if (key.Length < VersionBytes)
        {
            throw new WireFormatException("a group record's key without a type");
        }

        var reader = new WireReader(key[VersionBytes..]);
        switch (BinaryPrimitives.ReadInt16BigEndian(key.Span))
        {
            case LegacyOffsetCommitType or OffsetCommitType:
                var offsetKey = new OffsetCommitKey();
                offsetKey.Read(ref reader, KeyVersion);
                return ReadOffset(offsetKey, value);
            case GroupMetadataType:
                var groupKey = new GroupMetadataKey();
                groupKey.Read(ref reader, KeyVersion);
                return ReadGroup(groupKey, value);
            default:
                return null;
        }
    }

    private static GroupRecord? ReadOffset(OffsetCommitKey key, ReadOnlyMemory<byte>? value)
    {
        if (value is not { } bytes)
        {
            return new GroupRecord.OffsetRemoved(key.Group, key.Topic, key.Partition);
        }

        var message = new OffsetCommitValue();
        return TryReadValue(message, bytes)
            ? new GroupRecord.OffsetStored(
                key.Group,
                key.Topic,
                key.Partition,
                new CommittedOffset(message.Offset, message.LeaderEpoch, message.Metadata, message.CommitTimestamp, message.ExpireTimestamp, message.TopicId))
            : null;
    }

    private static GroupRecord? ReadGroup(GroupMetadataKey key, ReadOnlyMemory<byte>? value)
    {
        if (value is not { } bytes)
        {
            return new GroupRecord.GroupRemoved(key.Group);
        }

        var message = new GroupMetadataValue();
        if (!TryReadValue(message, bytes))
        {
            return null;
        }

        var members = new MemberImage[message.Members.Count];
        for (var i = 0; i < members.Length; i++)
        {
            var m = message.Members[i];
            members[i] = new MemberImage(
                m.MemberId,
                m.GroupInstanceId,
                m.ClientId,
                m.ClientHost,
                m.RebalanceTimeout,
                m.SessionTimeout,
                m.Subscription.ToArray(),
                m.Assignment.ToArray());
        }

        return new GroupRecord.GroupStored(
            key.Group,
            new GroupImage(message.ProtocolType, message.Generation, message.Protocol, message.Leader, message.CurrentStateTimestamp, members));
    }

    private static bool TryReadValue<T>(T message, ReadOnlyMemory<byte> bytes)
        where T : IWireMessage<T>, new()
    {
        if (bytes.Length < VersionBytes)
        {
            throw new WireFormatException("a group record's value without a version");
        }

        var version = BinaryPrimitives.ReadInt16BigEndian(bytes.Span);
        if (!T.Versions.Contains(version))
        {
            return false;
        }

        var reader = new WireReader(bytes[VersionBytes..]);
        message.Read(ref reader, version);
        return true;
    }

    private static void WriteOffsetKey(FrameWriter writer, string groupId, string topic, int partition)
    {
        writer.WriteInt16(OffsetCommitType);
        new OffsetCommitKey { Group = groupId, Topic = topic, Partition = partition }.Write(writer, KeyVersion);
    }

    private static short VersionOf(CommittedOffset value) => value.ExpireTimestampMs >= 0 ? OffsetCommitVersionWithExpiry : OffsetCommitVersion;

    private static OffsetCommitValue ToMessage(CommittedOffset value) => new()
    {
        Offset = value.Offset,
        LeaderEpoch = value.LeaderEpoch,
        Metadata = value.Metadata,
        CommitTimestamp = value.CommitTimestampMs,
        ExpireTimestamp = value.ExpireTimestampMs,
        TopicId = value.TopicId,
    };

    private static GroupMetadataValue ToMessage(GroupImage image)
    {
        var message = new GroupMetadataValue
        {
            ProtocolType = image.ProtocolType,
            Generation = image.Generation,
            Protocol = image.Protocol,
            Leader = image.Leader,
            CurrentStateTimestamp = image.StateTimestampMs,
            Members = new List<GroupMetadataValue.MemberMetadata>(image.Members.Count),
        };
        foreach (var member in image.Members)
        {
            message.Members.Add(new GroupMetadataValue.MemberMetadata
            {
                MemberId = member.MemberId,
                GroupInstanceId = member.InstanceId,
                ClientId = member.ClientId,
                ClientHost = member.ClientHost,
                RebalanceTimeout = member.RebalanceTimeoutMs,
                SessionTimeout = member.SessionTimeoutMs,
                Subscription = member.Subscription,
                Assignment = member.Assignment,
            });
        }

        return message;
    }
}

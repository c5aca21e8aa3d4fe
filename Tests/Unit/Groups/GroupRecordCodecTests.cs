using Broker.Core.Groups;
using CsCheck;
using Protocol.Wire.Codec;

namespace Tests.Unit.Groups;

public class GroupRecordCodecTests
{
    private static readonly Gen<string> Name = Gen.String[Gen.Char.AlphaNumeric, 0, 20];

    private static readonly Gen<ReadOnlyMemory<byte>> Bytes = Gen.Byte.Array[0, 30].Select(b => (ReadOnlyMemory<byte>)b);

    private static readonly Gen<MemberImage> Member = Gen.Select(Name, Name.Null(), Name, Name, Gen.Int, Gen.Int, Bytes, Bytes)
        .Select((id, instance, client, host, rebalance, session, subscription, assignment)
            => new MemberImage(id, instance, client, host, rebalance, session, subscription, assignment));

    private static readonly Gen<GroupRecord> Stored = Gen.Select(Name, Name, Gen.Int, Name.Null(), Name.Null(), Gen.Long, Member.Array[0, 4])
        .Select((group, type, generation, protocol, leader, time, members)
            => (GroupRecord)new GroupRecord.GroupStored(group, new GroupImage(type, generation, protocol, leader, time, members)));

    private static readonly Gen<GroupRecord> Offset = Gen.Select(Name, Name, Gen.Int, Gen.Long, Gen.Int, Name, Gen.Long, Gen.Guid)
        .Select((group, topic, partition, offset, epoch, metadata, time, id)
            => (GroupRecord)new GroupRecord.OffsetStored(group, topic, partition, new CommittedOffset(offset, epoch, metadata, time, -1, id)));

    private static readonly Gen<GroupRecord> Tombstone = Gen.Select(Name, Name, Gen.Int, Gen.Bool)
        .Select((group, topic, partition, isGroup)
            => isGroup ? new GroupRecord.GroupRemoved(group) : (GroupRecord)new GroupRecord.OffsetRemoved(group, topic, partition));

    [Fact]
    public void What_is_written_is_read_again()
        => Gen.OneOf(Stored, Offset, Tombstone).Sample(record => Text(Read(Key(record), Value(record))!) == Text(record));

    [Fact]
    public void Sizes_are_told_right()
        => Stored.Sample(record => GroupRecordCodec.SizeOf((GroupRecord.GroupStored)record) == Key(record).Length + Value(record)!.Length);

    [Fact]
    public void The_bytes_are_Kafkas()
    {
        var offset = new GroupRecord.OffsetStored("g", "t", 3, new CommittedOffset(42, 5, "m", 7, -1, new Guid("01020304-0506-0708-090a-0b0c0d0e0f10")));
        Assert.Equal("00010001670001740000" + "0003", Convert.ToHexString(Key(offset)));
        Assert.Equal(
            "0004" + "000000000000002A" + "00000005" + "026D" + "0000000000000007" + "01" + "00" + "10" + "0102030405060708090A0B0C0D0E0F10",
            Convert.ToHexString(Value(offset)!));

        var expiring = offset with { Value = offset.Value with { ExpireTimestampMs = 9 } };
        Assert.Equal("0001" + "000000000000002A" + "00016D" + "0000000000000007" + "0000000000000009", Convert.ToHexString(Value(expiring)!));

        var group = new GroupRecord.GroupStored("g", new GroupImage("consumer", 2, "range", "a", 8, [new("a", null, "c", "h", 1, 2, new byte[] { 3 }, new byte[] { 4 })]));
        Assert.Equal("0002000167", Convert.ToHexString(Key(group)));
        Assert.Equal(
            "0003" + "0008636F6E73756D6572" + "00000002" + "000572616E6765" + "000161" + "0000000000000008" + "00000001"
            + "000161" + "FFFF" + "000163" + "000168" + "00000001" + "00000002" + "0000000103" + "0000000104",
            Convert.ToHexString(Value(group)!));
    }

    [Fact]
    public void Other_types_and_versions_mean_nothing()
    {
        Assert.Null(Read(Convert.FromHexString("0003000167"), []));
        Assert.Null(Read(Convert.FromHexString("0002000167"), Convert.FromHexString("0063")));
        Assert.IsType<GroupRecord.OffsetRemoved>(Read(Convert.FromHexString("000000016700017400000003"), null));
    }

    [Fact]
    public void Bytes_that_are_no_record_are_told_from_others()
        => Gen.Select(Gen.Byte.Array[0, 40], Gen.Byte.Array[0, 60]).Sample((key, value) =>
        {
            try
            {
                Read([0, (byte)(key.Length % 4), .. key], value);
            }
            catch (WireFormatException)
            {
                // The only way in which reading may fail.
            }
        });

    private static GroupRecord? Read(byte[] key, byte[]? value) => GroupRecordCodec.Read(key, value is null ? null : (ReadOnlyMemory<byte>?)value);

    private static byte[] Key(GroupRecord record)
    {
        using var writer = new FrameWriter();
        GroupRecordCodec.WriteKey(record, writer);
        return writer.ToArray();
    }

    private static byte[]? Value(GroupRecord record)
    {
        using var writer = new FrameWriter();
        return GroupRecordCodec.TryWriteValue(record, writer) ? writer.ToArray() : null;
    }

    private static string Text(GroupRecord record) => Convert.ToHexString(Key(record)) + ":" + (Value(record) is { } value ? Convert.ToHexString(value) : "-");
}

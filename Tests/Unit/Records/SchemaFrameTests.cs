using CsCheck;
using Protocol.Wire.Records;

namespace Tests.Unit.Records;

public class SchemaFrameTests
{
    /// <summary>As Confluent's documentation has them: a zero, the id with its highest byte first, message indexes as zigzag varints.</summary>
    [Fact]
    public void The_bytes_are_those_of_the_format()
    {
        Assert.Equal([0, 0, 0, 1, 2, 7], SchemaFrame.Wrap(258, [7]));
        Assert.Equal([0, 0, 0, 0, 1, 0, 7], SchemaFrame.WrapProtobuf(1, [0], [7]));
        Assert.Equal([0, 0, 0, 0, 1, 2, 2, 7], SchemaFrame.WrapProtobuf(1, [1], [7]));
        Assert.Equal([0, 0, 0, 0, 1, 4, 2, 0, 7], SchemaFrame.WrapProtobuf(1, [1, 0], [7]));
        Assert.Equal([0, 0, 0, 0, 1, 2, 0x90, 0x03, 7], SchemaFrame.WrapProtobuf(1, [200], [7]));
    }

    [Fact]
    public void What_is_wrapped_is_unwrapped() => Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[0, 1000].Array[1, 5], Gen.Byte.Array).Sample((id, message, data) =>
    {
        Assert.True(SchemaFrame.TryUnwrap(SchemaFrame.Wrap(id, data), out var plainId, out var plain));
        Assert.Equal(id, plainId);
        Assert.Equal(data, plain.ToArray());
        Assert.True(SchemaFrame.TryUnwrapProtobuf(SchemaFrame.WrapProtobuf(id, message, data), out var protobufId, out var place, out var rest));
        Assert.Equal(id, protobufId);
        Assert.Equal(message, place);
        Assert.Equal(data, rest.ToArray());
    });

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0, 0, 0, 1 })]
    [InlineData(new byte[] { 1, 0, 0, 0, 1, 7 })]
    [InlineData(new byte[] { 0, 0x80, 0, 0, 1, 7 })]
    public void What_has_no_frame_is_told_apart(byte[] value)
    {
        Assert.False(SchemaFrame.TryUnwrap(value, out _, out _));
        Assert.False(SchemaFrame.TryUnwrapProtobuf(value, out _, out _, out _));
    }

    [Fact]
    public void Bad_places_of_messages_are_refused_whatever_they_hold() => Gen.Byte.Array[0, 40].Sample(rest =>
    {
        var isRead = SchemaFrame.TryUnwrapProtobuf([0, 0, 0, 0, 1, .. rest], out _, out var message, out _);
        Assert.True(!isRead || message.Length is >= 1 and <= 64 && message.All(index => index >= 0));
        Assert.False(SchemaFrame.TryUnwrapProtobuf([0, 0, 0, 0, 1, 0x80, 0x80, 0x80, 0x80, 0x80, .. rest], out _, out _, out _));
        Assert.False(SchemaFrame.TryUnwrapProtobuf([0, 0, 0, 0, 1, 0xFE, 0xFF, 0xFF, 0xFF, 0x0F, .. rest], out _, out _, out _));
        Assert.False(SchemaFrame.TryUnwrapProtobuf([0, 0, 0, 0, 1, 2, 1, .. rest], out _, out _, out _));
        Assert.False(SchemaFrame.TryUnwrapProtobuf([0, 0, 0, 0, 1, 2], out _, out _, out _));
    });
}

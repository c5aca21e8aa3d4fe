using SchemaRegistry.Core.Languages;
using Xunit;

namespace Tests.Registry;

public class LanguageTests
{
    [Theory]
    [InlineData(null, SchemaType.Avro)]
    [InlineData("avro", SchemaType.Avro)]
    [InlineData("PROTOBUF", SchemaType.Protobuf)]
    [InlineData("Json", SchemaType.Json)]
    public void Names_are_read_in_any_case(string? name, SchemaType expected)
    {
        Assert.True(SchemaTypes.TryParse(name, out var type));
        Assert.Equal(expected, type);
        Assert.Equal(expected, SchemaLanguages.Of(type).Type);
    }

    [Fact]
    public void An_unknown_name_is_none() => Assert.False(SchemaTypes.TryParse("XML", out _));
}

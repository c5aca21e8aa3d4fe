using Broker.Core.Groups;

namespace Tests.Unit.Groups;

public class GroupPartitionTests
{
    // From java.lang.String.hashCode.
    [Theory]
    [InlineData("", 0)]
    [InlineData("a", 97)]
    [InlineData("hello", 99162322)]
    [InlineData("polygenelubricants", int.MinValue)]
    public void Hashes_are_Javas(string text, int hash) => Assert.Equal(hash, GroupPartition.JavaHash(text));

    [Fact]
    public void A_hash_of_the_smallest_number_has_a_partition() => Assert.Equal(0, GroupPartition.Of("polygenelubricants", 50));

    [Fact]
    public void Partitions_are_Kafkas() => Assert.Equal(99162322 % 50, GroupPartition.Of("hello", 50));
}

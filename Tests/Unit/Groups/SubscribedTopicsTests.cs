using Broker.Core.Groups;
using CsCheck;

namespace Tests.Unit.Groups;

public class SubscribedTopicsTests
{
    [Fact]
    public void Topics_are_read()
    {
        var topics = new HashSet<string>();
        Assert.True(SubscribedTopics.TryAdd(GroupWorld.Subscription("a", "b"), topics));
        Assert.Equal(["a", "b"], topics.Order());
    }

    [Fact]
    public void A_version_from_the_future_begins_like_the_last_known_one()
    {
        var bytes = Convert.FromHexString("0063" + "00000001000161" + "FFFFFFFF" + "00000000" + "FFFFFFFF" + "FFFF" + "ABCD");
        var topics = new HashSet<string>();
        Assert.True(SubscribedTopics.TryAdd(bytes, topics));
        Assert.Equal(["a"], topics);
    }

    [Fact]
    public void Anything_else_is_not_read_and_does_no_harm()
        => Gen.Byte.Array[0, 50].Sample(bytes =>
        {
            SubscribedTopics.TryAdd(bytes, []);
        });

    [Fact]
    public void A_clients_own_bytes_are_no_subscription() => Assert.False(SubscribedTopics.TryAdd("x"u8.ToArray(), []));
}

using System.Buffers.Binary;
using Protocol.Wire.Codec;
using Protocol.Wire.Messages;

namespace Broker.Core.Groups;

/// <summary>Reads the topics out of what a member of a consumer group says of itself (ConsumerProtocolSubscription). Stateless.</summary>
public static class SubscribedTopics
{
    /// <summary>The protocol type whose subscriptions are read.</summary>
    public const string ConsumerProtocolType = "consumer";

    /// <summary>Adds the topics of a subscription; false when the bytes are not one, which is a client's right: they are its own.</summary>
    /// <param name="subscription">The version as int16, then the message. Versions above the known ones begin like the last known one.</param>
    public static bool TryAdd(ReadOnlyMemory<byte> subscription, HashSet<string> topics)
    {
        if (subscription.Length < sizeof(short))
        {
            return false;
        }

        var version = BinaryPrimitives.ReadInt16BigEndian(subscription.Span);
        if (version < 0)
        {
            return false;
        }

        var message = new ConsumerProtocolSubscription();
        try
        {
            var reader = new WireReader(subscription[sizeof(short)..]);
            message.Read(ref reader, Math.Min(version, ConsumerProtocolSubscription.Versions.Max));
        }
        catch (WireFormatException)
        {
            return false;
        }

        topics.UnionWith(message.Topics);
        return true;
    }
}

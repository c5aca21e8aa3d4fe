using Protocol.Wire.Codec;
using Protocol.Wire.Messages;

namespace Federation.Core.Tenancy;

/// <summary>
/// Rewrites the topic names inside the consumer protocol's bytes (JoinGroup, SyncGroup, DescribeGroups). The coordinator parses them:
/// with names it does not know it would take a live group for one that does not subscribe, and expire its positions.
/// Versions above the known ones begin like the last known one, and what follows is copied as it is, since the coordinator reads them like this.
/// Bytes that are not the consumer protocol come back unchanged.
/// </summary>
public static class ConsumerProtocolNames
{
    /// <summary>A member's subscription with every topic name replaced.</summary>
    public static ReadOnlyMemory<byte> RewriteSubscription(ReadOnlyMemory<byte> bytes, Func<string, string> rename) =>
        Rewrite<ConsumerProtocolSubscription>(bytes, rename);

    /// <summary>A member's assignment with every topic name replaced.</summary>
    public static ReadOnlyMemory<byte> RewriteAssignment(ReadOnlyMemory<byte> bytes, Func<string, string> rename) =>
        Rewrite<ConsumerProtocolAssignment>(bytes, rename);

    private static ReadOnlyMemory<byte> Rewrite<T>(ReadOnlyMemory<byte> bytes, Func<string, string> rename)
        where T : IWireMessage<T>, new()
    {
        var message = new T();
        short version, layout;
        int read;
        try
        {
            var reader = new WireReader(bytes);
            version = reader.ReadInt16();
            layout = Math.Min(version, T.Versions.Max);
            if (!T.Versions.Contains(layout))
            {
                return bytes;
            }

            message.Read(ref reader, layout);
            read = reader.Position;
        }
        catch (WireFormatException)
        {
            return bytes;
        }

        message.Visit(new TopicNameVisitor(rename), layout);
        using var writer = new FrameWriter(bytes.Length + 64);
        writer.WriteInt16(version);
        message.Write(writer, layout);
        writer.WriteRaw(bytes.Span[read..]);
        return writer.ToArray();
    }

    private sealed class TopicNameVisitor(Func<string, string> rename) : EntityVisitor
    {
        public override string TopicName(string name) => rename(name);
    }
}

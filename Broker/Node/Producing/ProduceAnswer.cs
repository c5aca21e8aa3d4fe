using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Framing;

namespace Broker.Node.Producing;

/// <summary>
/// Writes the answer to a produce request, versions 3 to 13: the same bytes as the generated <see cref="Protocol.Wire.Messages.ProduceResponse"/> (a test
/// compares the two), without its objects. The tags that name another leader (KIP-951) are never needed: this broker leads all its partitions.
/// </summary>
internal static class ProduceAnswer
{
    public static FrameWriter Write(ProduceRequestParts request, short version, int correlationId)
    {
        var writer = new FrameWriter();
        try
        {
            writer.BeginFrame();
            ResponseHeader.Write(writer, ApiKey.Produce, version, correlationId);
            WriteBody(writer, request, version);
            writer.EndFrame();
            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    private static void WriteBody(FrameWriter writer, ProduceRequestParts request, short version)
    {
        var flexible = version >= 9;
        var parts = request.Parts;
        writer.WriteArrayLength(CountTopics(parts), flexible);
        for (var from = 0; from < parts.Length;)
        {
            var to = from + 1;
            while (to < parts.Length && parts[to].TopicAt == parts[from].TopicAt)
            {
                to++;
            }

            WriteTopic(writer, request.Topics[parts[from].TopicAt], parts[from..to], version);
            from = to;
        }

        writer.WriteInt32(0);
        WriteNoTags(writer, flexible);
    }

    /// <summary>Topics of which no partition is left are not listed.</summary>
    private static int CountTopics(ReadOnlySpan<ProducePart> parts)
    {
        var count = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            count += i == 0 || parts[i].TopicAt != parts[i - 1].TopicAt ? 1 : 0;
        }

        return count;
    }

    private static void WriteTopic(FrameWriter writer, ProduceTopic topic, ReadOnlySpan<ProducePart> parts, short version)
    {
        var flexible = version >= 9;
        if (version >= 13)
        {
            writer.WriteUuid(topic.Id);
        }
        else
        {
            writer.WriteString(topic.Name, flexible);
        }

        writer.WriteArrayLength(parts.Length, flexible);
        foreach (ref readonly var part in parts)
        {
            WritePart(writer, part, version);
        }

        WriteNoTags(writer, flexible);
    }

    private static void WritePart(FrameWriter writer, in ProducePart part, short version)
    {
        var flexible = version >= 9;
        writer.WriteInt32(part.Index);
        writer.WriteInt16((short)part.Error);
        writer.WriteInt64(part.BaseOffset);
        writer.WriteInt64(part.LogAppendTimeMs);
        if (version >= 5)
        {
            writer.WriteInt64(part.LogStartOffset);
        }

        if (version >= 8)
        {
            var errors = part.RecordErrors;
            writer.WriteArrayLength(errors?.Count ?? 0, flexible);
            for (var i = 0; i < (errors?.Count ?? 0); i++)
            {
                writer.WriteInt32(errors![i].BatchIndex);
                writer.WriteString(errors[i].Message, flexible);
                WriteNoTags(writer, flexible);
            }

            writer.WriteString(part.ErrorMessage, flexible);
        }

        WriteNoTags(writer, flexible);
    }

    private static void WriteNoTags(FrameWriter writer, bool flexible)
    {
        if (flexible)
        {
            writer.WriteVarUInt(0);
        }
    }
}

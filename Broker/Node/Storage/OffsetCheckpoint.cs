using System.Globalization;
using System.Text;
using Kernel.Ids;

namespace Broker.Node.Storage;

/// <summary>A checkpoint file of a log directory in Kafka's layout: one offset a partition.</summary>
internal static class OffsetCheckpoint
{
    /// <summary>The file's bytes.</summary>
    public static byte[] ToFile(IReadOnlyCollection<KeyValuePair<TopicPartition, long>> offsets)
    {
        var text = new StringBuilder("0\n", 16 + (offsets.Count * 48));
        text.Append(CultureInfo.InvariantCulture, $"{offsets.Count}\n");
        foreach (var (partition, offset) in offsets)
        {
            text.Append(CultureInfo.InvariantCulture, $"{partition.Topic} {partition.Partition} {offset}\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>Reads a file; null when it is missing or not whole, which means that nothing is known.</summary>
    public static Dictionary<TopicPartition, long>? TryRead(byte[]? file)
    {
        if (file is null)
        {
            return null;
        }

        var lines = Encoding.UTF8.GetString(file).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length < 2 || lines[0] != "0" || !int.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) ||
            count != lines.Length - 2)
        {
            return null;
        }

        var offsets = new Dictionary<TopicPartition, long>(count);
        foreach (var line in lines.AsSpan(2))
        {
            var words = line.Split(' ');
            if (words.Length != 3 || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var partition) ||
                !long.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
            {
                return null;
            }

            offsets[new TopicPartition(words[0], partition)] = offset;
        }

        return offsets;
    }
}

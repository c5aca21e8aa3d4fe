using Kernel;

namespace Broker.Core.Metadata;

/// <summary>Which topic names are legal, as in Kafka: 1 to 249 of [a-zA-Z0-9._-], neither "." nor "..".</summary>
public static class TopicNames
{
    /// <summary>The topic of committed offsets and groups.</summary>
    public const string ConsumerOffsets = "__consumer_offsets";

    /// <summary>The topic of transactions.</summary>
    public const string TransactionState = "__transaction_state";

    /// <summary>The name under which Apache Kafka keeps its metadata log: never a topic of ours.</summary>
    public const string ClusterMetadata = "__cluster_metadata";

    /// <summary>The topics that the broker keeps for itself.</summary>
    public static bool IsInternal(string name) => name is ConsumerOffsets or TransactionState;

    /// <summary>Why a name is not legal; null when it is.</summary>
    public static string? WhyIllegal(string name)
    {
        if (name.Length == 0)
        {
            return "Topic name is empty.";
        }

        if (name is "." or "..")
        {
            return "Topic name may not be \".\" or \"..\".";
        }

        if (name.Length > Limits.MaxTopicNameChars)
        {
            return $"Topic name is longer than {Limits.MaxTopicNameChars} characters.";
        }

        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-'))
            {
                return "Topic name holds a character other than ASCII letters and digits, '.', '_' and '-'.";
            }
        }

        return null;
    }

    /// <summary>Two names that collide have the same key: Kafka's metric names do not tell '.' from '_'.</summary>
    public static string CollisionKey(string name) => name.Replace('.', '_');
}

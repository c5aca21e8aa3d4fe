using System.Globalization;

namespace Broker.Node.Storage;

/// <summary>Kafka's names of files and folders in a log directory.</summary>
internal static class LogNames
{
    public const string LogSuffix = ".log";
    public const string OffsetIndexSuffix = ".index";
    public const string TimeIndexSuffix = ".timeindex";
    public const string SnapshotSuffix = ".snapshot";
    public const string DeletedSuffix = ".deleted";
    public const string TemporarySuffix = ".tmp";
    public const string DeletedFolderSuffix = "-delete";
    public const string StrayFolderSuffix = "-stray";
    public const string PartitionMetadata = "partition.metadata";
    public const string LeaderEpochs = "leader-epoch-checkpoint";
    public const string RecoveryPoints = "recovery-point-offset-checkpoint";
    public const string LogStartOffsets = "log-start-offset-checkpoint";
    public const string CleanShutdown = ".kafka_cleanshutdown";

    private const int OffsetDigits = 20;
    private const int MaxFileNameBytes = 255;

    /// <summary>The file of a base offset, as 00000000000000000042.log.</summary>
    public static string File(string folder, long baseOffset, string suffix) =>
        Path.Combine(folder, baseOffset.ToString("D20", CultureInfo.InvariantCulture) + suffix);

    /// <summary>The base offset that a file name begins with, if it has the suffix.</summary>
    public static bool TryParse(string name, string suffix, out long baseOffset)
    {
        baseOffset = -1;
        return name.Length == OffsetDigits + suffix.Length && name.EndsWith(suffix, StringComparison.Ordinal) &&
            long.TryParse(name.AsSpan(0, OffsetDigits), NumberStyles.None, CultureInfo.InvariantCulture, out baseOffset);
    }

    /// <summary>A partition's folder.</summary>
    public static string Folder(string topic, int index) => string.Create(CultureInfo.InvariantCulture, $"{topic}-{index}");

    /// <summary>The name under which a folder waits for its deletion, or is set aside: topic-N.uniqueid-delete, cut to what file systems take.</summary>
    public static string Retired(string folder, string suffix)
    {
        var tail = $".{Guid.NewGuid():N}{suffix}";
        return folder[..Math.Min(folder.Length, MaxFileNameBytes - tail.Length)] + tail;
    }

    /// <summary>Splits a folder's name into topic and index; false for what is no partition's folder.</summary>
    public static bool TryParseFolder(string name, out string topic, out int index)
    {
        var dash = name.LastIndexOf('-');
        topic = dash > 0 ? name[..dash] : "";
        index = -1;
        return dash > 0 && int.TryParse(name.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out index);
    }
}

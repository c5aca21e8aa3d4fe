using System.Collections.Concurrent;
using Broker.Core.Metadata;
using Broker.Node.Storage;
using Kernel;
using Kernel.Ids;
using Microsoft.Extensions.Logging;

namespace Broker.Node.Partitions;

/// <summary>
/// All topics and partitions of this broker. The owner of the metadata log puts and removes topics, one call at a time; look-ups come from
/// any thread and take no lock. The order of a life: make the table, put all topics of the metadata image, <see cref="CompleteOpening"/>,
/// serve, <see cref="CloseAsync"/>.
/// </summary>
public sealed class PartitionTable
{
    /// <summary>Syncs that may run at once. Measured in docs/decisions/0001-group-commit.md.</summary>
    private const int FlusherThreads = 4;

    /// <summary>Logs opened at once in the background: after a kill each may wait for a sync.</summary>
    private const int OpenersAtOnce = 4;

    private readonly ConcurrentDictionary<string, Topic> _byName = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Guid, Topic> _byId = new();
    private readonly PartitionServices _services;
    private readonly PartitionUpkeep _upkeep;
    private readonly CancellationTokenSource _closing = new();
    private Task _opening = Task.CompletedTask;
    private bool _isClosed;

    /// <summary>Reads what the log directory says of itself; logs are opened later. Throws <see cref="IOException"/>.</summary>
    public PartitionTable(PartitionTableOptions options)
    {
        Options = options;
        var storage = options.Storage ?? new DiskStorage(Metrics);
        _services = new PartitionServices(
            options,
            storage,
            new OpenFiles(Limits.MaxOpenSegmentFiles),
            new LogDirectory(storage, options.LogDirectory, options.Logger),
            new FlushQueue(FlusherThreads),
            Metrics);
        _upkeep = new PartitionUpkeep(this, _services);
    }

    /// <summary>What the host gave.</summary>
    public PartitionTableOptions Options { get; }

    /// <summary>Counters of the storage below.</summary>
    public StorageMetrics Metrics { get; } = new();

    /// <summary>Segment files that are open now.</summary>
    public int OpenFileCount => _services.OpenFiles.Count;

    /// <summary>Why the disk refuses appends, as a full one does; null when it takes them.</summary>
    public string? RefusalReason => _services.Refusals.Reason;

    /// <summary>Appends that the disk refused.</summary>
    public long RefusedAppends => _services.Refusals.Count;

    /// <summary>All topics, in no order.</summary>
    public IEnumerable<Topic> Topics => _byId.Values;

    public Topic? FindTopic(string name) => _byName.GetValueOrDefault(name);

    public Topic? FindTopic(Guid id) => _byId.GetValueOrDefault(id);

    /// <summary>The partition, or null when the topic or the index is unknown.</summary>
    public Partition? Find(string topic, int index) => FindTopic(topic)?.Find(index);

    /// <summary>The partition, or null when the topic or the index is unknown.</summary>
    public Partition? Find(Guid topicId, int index) => FindTopic(topicId)?.Find(index);

    /// <summary>
    /// Adds a topic, or updates one: more partitions, other settings, another mirror origin. After the call its partitions accept appends.
    /// Nothing is written: a partition's folder is made by its first append, and one that is there is opened by the first use.
    /// </summary>
    /// <param name="leaderEpoch">The epoch of this broker's leadership of the topic's partitions.</param>
    public Topic Put(TopicImage image, LogSettings settings, int leaderEpoch)
    {
        if (_byId.TryGetValue(image.Id, out var topic))
        {
            topic.Image = image;
            topic.Settings = settings;
            foreach (var partition in topic.Partitions)
            {
                partition.RaiseLeaderEpoch(leaderEpoch);
            }
        }
        else
        {
            topic = new Topic(image, settings);
        }

        if (topic.Partitions.Count < image.PartitionCount)
        {
            var partitions = new Partition[image.PartitionCount];
            for (var i = 0; i < partitions.Length; i++)
            {
                partitions[i] = topic.Find(i) ?? new Partition(topic, i, _services, leaderEpoch);
            }

            topic.SetPartitions(partitions);
        }

        _byId[image.Id] = topic;
        _byName[image.Name] = topic;
        return topic;
    }

    /// <summary>
    /// All topics of the metadata image have been put: folders of topics that are not among them are set aside, and logs that nobody has used yet
    /// are opened in the background, so that what is wrong with them comes up soon. Throws <see cref="IOException"/>.
    /// </summary>
    public void CompleteOpening()
    {
        foreach (var folder in _services.Directory.UnclaimedFolders)
        {
            if (!LogNames.TryParseFolder(folder, out var topic, out var index) || Find(topic, index) is null)
            {
                _services.Directory.SetAside(folder);
            }
        }

        _upkeep.Start();
        _opening = Task.Run(() =>
        {
            var partitions = Topics.SelectMany(static topic => topic.Partitions).ToArray();
            Parallel.ForEach(partitions, new ParallelOptions { MaxDegreeOfParallelism = OpenersAtOnce }, (partition, loop) =>
            {
                if (_closing.IsCancellationRequested)
                {
                    loop.Stop();
                    return;
                }

                partition.OpenOrNull();
            });
        });
    }

    /// <summary>Forgets a topic: whoever waits for it is answered with UNKNOWN_TOPIC_OR_PARTITION, and its logs are deleted.</summary>
    public void Remove(Guid topicId)
    {
        if (!_byId.TryRemove(topicId, out var topic))
        {
            return;
        }

        _byName.TryRemove(new KeyValuePair<string, Topic>(topic.Name, topic));
        var names = new List<TopicPartition>();
        foreach (var partition in topic.Partitions)
        {
            names.Add(partition.Name);
            try
            {
                partition.Delete();
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                // The folder keeps its name; its topic id tells it from the next topic's, and that one sets it aside.
                Options.Logger.LogError(failure, "The folder of {Partition} could not be renamed for its deletion", partition.Name);
            }
        }

        try
        {
            _services.Directory.Forget(names);
            _services.Storage.SyncDirectory(Options.LogDirectory);
        }
        catch (IOException failure)
        {
            Options.Logger.LogError(failure, "The deletion of topic {Topic} could not be written down", topic.Name);
            Options.OnFailure?.Invoke(Options.LogDirectory, failure);
        }
    }

    /// <summary>
    /// The orderly end: everything is synced and checkpointed, and the clean-shutdown mark is left. The caller has stopped appends; later ones are
    /// refused with KAFKA_STORAGE_ERROR. Never throws: what could not be written is logged, and then there is no mark. Once; later calls do nothing.
    /// </summary>
    public async ValueTask CloseAsync()
    {
        if (Interlocked.Exchange(ref _isClosed, true))
        {
            return;
        }

        await _closing.CancelAsync().ConfigureAwait(false);
        await _opening.ConfigureAwait(false);
        _upkeep.Dispose();
        var partitions = Topics.SelectMany(static topic => topic.Partitions).ToArray();
        await Task.Run(() => Parallel.ForEach(partitions, new ParallelOptions { MaxDegreeOfParallelism = FlusherThreads }, Close)).ConfigureAwait(false);
        try
        {
            _services.Storage.SyncAll(Options.LogDirectory);
            foreach (var partition in partitions)
            {
                partition.NoteRecoveryPoint();
            }

            _services.Directory.WriteLogStarts();
            _services.Directory.WriteRecoveryPoints();
            _services.Directory.Deletions.DeleteDue(long.MaxValue);
            if (Metrics.FailedLogs == 0)
            {
                _services.Directory.MarkClean();
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Options.Logger.LogError(failure, "The checkpoints could not be written; the next start checks the ends of the logs");
        }

        _services.Flushes.Dispose();
        _closing.Dispose();
    }

    /// <summary>One round of upkeep, as the timer makes it.</summary>
    internal void RunUpkeep() => _upkeep.Run();

    private static void Close(Partition partition)
    {
        partition.Checkpoint(isDurable: false, isClosing: true);
        partition.Close();
    }
}

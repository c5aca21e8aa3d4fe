using System.Buffers;
using Broker.Core.Configs;
using Broker.Core.Metadata;
using Hosting;
using Microsoft.Extensions.Logging;

namespace Broker.Node.Metadata;

/// <summary>
/// Owns the cluster ledger and its durable log. One command after the other is decided; the image is swapped whole once the records are on
/// disk, and what follows from it (<see cref="Changed"/>) has happened before the reply is given. Commands that arrive while the disk is
/// busy share the next fdatasync.
/// </summary>
public sealed partial class MetadataStore : IDisposable
{
    // A log is rewritten when it holds this much more than the image needs: seldom enough to cost nothing, often enough to start fast.
    private const long MinGrowthBytes = 1 << 20;

    private readonly Lock _gate = new();
    private readonly ClusterLedger _ledger;
    private readonly MetadataLogFile _file;
    private readonly Clock _clock;
    private readonly ILogger _logger;
    private List<Pending> _waiting = [];
    private bool _isWriting;
    private TaskCompletionSource? _round;
    private IOException? _failure;
    private volatile string? _refusal;
    private long _compactFromBytes;
    private volatile ClusterImage _image;

    private MetadataStore(ClusterLedger ledger, MetadataLogFile file, StaticBrokerConfigs configs, Clock clock, ILogger logger)
    {
        _ledger = ledger;
        _file = file;
        _clock = clock;
        _logger = logger;
        _image = ledger.Image;
        Configs = configs;
    }

    /// <summary>The metadata as of now: durable and published. Any thread.</summary>
    public ClusterImage Image => _image;

    /// <summary>What the broker was started with.</summary>
    public StaticBrokerConfigs Configs { get; }

    /// <summary>The broker's settings as of now.</summary>
    public BrokerConfigView Settings => new(Configs, _image);

    /// <summary>Called with the image before and after, in the order of the log, before <see cref="Image"/> shows the new one. It must not fail.</summary>
    public event Action<ClusterImage, ClusterImage>? Changed;

    /// <summary>
    /// As <see cref="Changed"/>, and before it, with the records that made the change: for those who would have to look for it among ten
    /// thousand topics.
    /// </summary>
    public event Action<ClusterImage, ClusterImage, IReadOnlyList<ClusterRecord>>? Applied;

    /// <summary>Opens the log in a directory, or begins one. Throws <see cref="IOException"/> with a message for people when it cannot be read.</summary>
    public static MetadataStore Open(string directory, StaticBrokerConfigs configs, Clock clock, ILogger logger) =>
        Open(directory, configs, clock, logger, RandomAccess.Write);

    internal static MetadataStore Open(string directory, StaticBrokerConfigs configs, Clock clock, ILogger logger, MetadataLogFile.WriteAt write)
    {
        var ledger = new ClusterLedger(configs);
        var file = MetadataLogFile.Open(directory, ledger, write, out var cutBytes);
        if (cutBytes > 0)
        {
            LogCut(logger, directory, cutBytes);
        }

        return new MetadataStore(ledger, file, configs, clock, logger);
    }

    /// <summary>Why changes are not accepted, as far as the last one says; null when they are.</summary>
    public string? Trouble
    {
        get
        {
            lock (_gate)
            {
                return _failure is not null ? $"no change is accepted until the broker is started again: {_failure.Message}" : _refusal;
            }
        }
    }

    /// <summary>
    /// Decides, writes, applies, publishes; then gives the reply. Fails with <see cref="IOException"/> when the disk does not take it, as a full one, with
    /// nothing changed; and for good once a sync of the log has failed.
    /// </summary>
    public ValueTask<ClusterReply> ExecuteAsync(ClusterCommand command)
    {
        Pending pending;
        lock (_gate)
        {
            if (_failure is not null)
            {
                return ValueTask.FromException<ClusterReply>(new IOException(_failure.Message, _failure));
            }

            var decision = _ledger.Decide(command, _clock.Now);
            if (decision.Records.Count == 0 && !_isWriting)
            {
                return new(decision.Reply);
            }

            // A reply without records may still rest on records that are not durable yet, so it waits behind them.
            pending = new Pending(decision.Records, decision.Reply, _ledger.Image.Version);
            foreach (var record in decision.Records)
            {
                _ledger.Apply(record);
            }

            pending.After = _ledger.Image;
            _waiting.Add(pending);
            if (!_isWriting)
            {
                _isWriting = true;
                _round = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                ThreadPool.UnsafeQueueUserWorkItem(static store => store.Write(), this, preferLocal: false);
            }
        }

        return new(pending.Reply.Task);
    }

    /// <summary>Closes the file. Commands that wait are still written; later ones fail.</summary>
    public void Dispose()
    {
        Task? writing;
        lock (_gate)
        {
            _failure ??= new IOException("The metadata log is closed.");
            writing = _isWriting ? _round!.Task : null;
        }

        writing?.GetAwaiter().GetResult();
        _file.Dispose();
    }

    private void Write()
    {
        TaskCompletionSource round;
        lock (_gate)
        {
            round = _round!;
        }

        try
        {
            while (true)
            {
                List<Pending> batch;
                lock (_gate)
                {
                    if (_waiting.Count == 0)
                    {
                        _isWriting = false;
                        return;
                    }

                    (batch, _waiting) = (_waiting, []);
                }

                Write(batch);
            }
        }
        finally
        {
            round.SetResult();
        }
    }

    private void Write(List<Pending> batch)
    {
        try
        {
            var entries = new ArrayBufferWriter<byte>(1024);
            foreach (var pending in batch)
            {
                if (pending.Records.Count > 0)
                {
                    MetadataLogFormat.WriteEntry(entries, pending.FirstVersion, pending.Records);
                }
            }

            if (entries.WrittenCount > 0)
            {
                _file.Append(entries.WrittenMemory);
                Written();
            }
        }
        catch (WriteRefusedException e)
        {
            Refuse(batch, e);
            return;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(batch, e);
            return;
        }

        foreach (var pending in batch)
        {
            Publish(pending);
        }

        CompactIfLong();
    }

    /// <summary>The disk took something.</summary>
    private void Written()
    {
        if (_refusal is not null)
        {
            _refusal = null;
            LogTaken(_logger);
        }
    }

    private void Publish(Pending pending)
    {
        if (pending.Records.Count > 0)
        {
            var before = _image;
            try
            {
                Applied?.Invoke(before, pending.After, pending.Records);
                Changed?.Invoke(before, pending.After);
            }
            catch (Exception e)
            {
                // The change is in the log, so it stands, whatever became of what should follow from it.
                LogFollowerFailed(_logger, e, pending.After.Version);
            }

            _image = pending.After;
        }

        pending.Reply.SetResult(pending.Answer);
    }

    private void CompactIfLong()
    {
        if (_file.LengthBytes - _file.SnapshotBytes < Math.Max(MinGrowthBytes, _file.SnapshotBytes) || _file.LengthBytes < _compactFromBytes)
        {
            return;
        }

        try
        {
            _file.Compact(_image);
            _compactFromBytes = 0;
        }
        catch (WriteRefusedException e)
        {
            // The log only stays longer than it need be.
            _compactFromBytes = _file.LengthBytes + MinGrowthBytes;
            LogNotCompacted(_logger, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail([], e);
        }
    }

    /// <summary>The disk took nothing. What was decided since rests on what is not there, so it is refused as well.</summary>
    private void Refuse(List<Pending> batch, WriteRefusedException refused)
    {
        List<Pending> rest;
        lock (_gate)
        {
            (rest, _waiting) = (_waiting, []);
            _ledger.Return(_image);
        }

        if (_refusal is null)
        {
            LogRefused(_logger, refused.Message);
        }

        _refusal = $"the disk does not take changes of the metadata: {refused.Message}";
        foreach (var pending in batch.Concat(rest))
        {
            pending.Reply.SetException(new IOException(refused.Message, refused));
        }
    }

    private void Fail(List<Pending> batch, Exception cause)
    {
        var failure = cause as IOException ?? new IOException(cause.Message, cause);
        List<Pending> rest;
        lock (_gate)
        {
            _failure = failure;
            (rest, _waiting) = (_waiting, []);
        }

        LogFailed(_logger, failure);
        foreach (var pending in batch.Concat(rest))
        {
            pending.Reply.SetException(new IOException(failure.Message, failure));
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Metadata log in {Directory}: {Bytes} bytes of an unfinished write at the end were cut; they were never acknowledged.")]
    private static partial void LogCut(ILogger logger, string directory, long bytes);

    [LoggerMessage(Level = LogLevel.Error, Message = "The disk does not take changes of the metadata, which are refused: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The disk takes changes of the metadata again.")]
    private static partial void LogTaken(ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The metadata log could not be rewritten and goes on as it is.")]
    private static partial void LogNotCompacted(ILogger logger, Exception refused);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The metadata log cannot be written; no change is accepted until the broker is started again.")]
    private static partial void LogFailed(ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "A change of the metadata (version {Version}) could not be carried out in full.")]
    private static partial void LogFollowerFailed(ILogger logger, Exception failure, long version);

    /// <summary>A command that was decided and waits for the disk.</summary>
    private sealed class Pending(IReadOnlyList<ClusterRecord> records, ClusterReply answer, long firstVersion)
    {
        public IReadOnlyList<ClusterRecord> Records { get; } = records;

        public ClusterReply Answer { get; } = answer;

        /// <summary>The version before the first record.</summary>
        public long FirstVersion { get; } = firstVersion;

        public ClusterImage After { get; set; } = ClusterImage.Empty;

        public TaskCompletionSource<ClusterReply> Reply { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

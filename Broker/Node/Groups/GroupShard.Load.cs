using Broker.Core.Groups;
using Microsoft.Extensions.Logging;
using Protocol.Wire;

namespace Broker.Node.Groups;

/// <content>From the log to a machine that serves; and positions of topics that went while nobody looked.</content>
internal sealed partial class GroupShard
{
    /// <summary>Serves at once: the log has just been made. Nobody has to come again, and the log is not touched before there is something to write.</summary>
    public void OpenNew()
    {
        _work.Enqueue(new Work(Loaded: new GroupLedger(_settings)));
        WorkOff();
    }

    /// <summary>Loads the log in the background, then serves.</summary>
    /// <param name="topicExists">Tells which topics are gone, whose positions must go too.</param>
    public void Open(Func<TopicKey, bool> topicExists)
        => ThreadPool.UnsafeQueueUserWorkItem(static s => s.Shard.Load(s.TopicExists), (Shard: this, TopicExists: topicExists), preferLocal: false);

    /// <summary>Has positions removed of topics that do not exist any more. Does not run on the calling thread.</summary>
    public void PostReconcile(Func<TopicKey, bool> topicExists)
    {
        _work.Enqueue(new Work(TopicExists: topicExists));
        Wake();
    }

    private void Load(Func<TopicKey, bool> topicExists)
    {
        var ledger = new GroupLedger(_settings);
        try
        {
            var reader = new GroupLogReader(ledger, _name, _logger);
            reader.Read(_log);
            _work.Enqueue(new Work(Loaded: ledger, LoadedBytes: reader.ReadBytes, TopicExists: topicExists));
        }
        catch (Exception e)
        {
            LogNotLoaded(_logger, e, _name);
            _work.Enqueue(new Work(Stop: ErrorCode.CoordinatorNotAvailable, IsFailure: true));
        }

        WorkOff();
    }

    private void Serve(GroupLedger ledger, long loadedBytes)
    {
        if (_isStopped)
        {
            return;
        }

        _machine = new GroupMachine(ledger, _settings, _clock.Now);
        _logBytes = loadedBytes;
        _refusal = (int)ErrorCode.None;
        if (_machine.GroupCount > 0)
        {
            LogLoaded(_logger, _name, _machine.GroupCount, ledger.OffsetCount, loadedBytes);
        }
    }

    private void Reconcile(Func<TopicKey, bool> topicExists)
    {
        if (_machine?.Ledger.Topics().Where(topic => !topicExists(topic)).ToList() is { Count: > 0 } gone)
        {
            Step(new GroupInput.RemoveTopics(gone));
        }
    }

    [LoggerMessage(LogLevel.Information, "{Shard}: {Groups} groups and {Offsets} offsets loaded from {Bytes} bytes")]
    private static partial void LogLoaded(ILogger logger, string shard, int groups, int offsets, long bytes);

    [LoggerMessage(LogLevel.Error, "{Shard}: cannot be loaded; its groups are not served now")]
    private static partial void LogNotLoaded(ILogger logger, Exception cause, string shard);
}

using Broker.Node.Partitions;
using Kernel;
using Microsoft.Extensions.Logging;
using Protocol.Wire;

namespace Broker.Node.Groups;

/// <content>
/// Keeps the log short. A log that has grown far beyond what it says is rewritten: all that lives is appended once more, and when that is
/// durable, what lies before it is cut off. A crash in between leaves both, which say the same.
/// </content>
internal sealed partial class GroupShard
{
    private long _logBytes;
    private long _liveBytes;
    private bool _isRewriting;

    private long LogBytes => _logBytes + _writer.AppendedBytes;

    private void RewriteWhenLarge()
    {
        if (_isRewriting || _machine is null || LogBytes < Math.Max(Limits.MinGroupLogRewriteBytes, _liveBytes * Limits.GroupLogGrowth))
        {
            return;
        }

        // Nobody else appends, and the writer has just been flushed: what lives comes from here on.
        _isRewriting = true;
        var rewrite = new GroupLogRewrite(this, cutAt: _log.LogEndOffset, bytesBefore: LogBytes);
        var isAppended = _writer.AppendSnapshot(_machine.Ledger.Snapshot(), _clock.WallMs, rewrite);
        if (_writer.Error != ErrorCode.None)
        {
            Stop(ToClients(_writer.Error), null);
        }
        else if (!isAppended)
        {
            // Nothing lives. The next record that does gives something to wait for, and another occasion.
            _isRewriting = false;
        }
    }

    private void EndRewrite(long cutBytes)
    {
        _isRewriting = false;
        _logBytes -= cutBytes;
        _liveBytes = LogBytes;
    }

    [LoggerMessage(LogLevel.Information, "{Shard}: log rewritten, {Bytes} bytes before offset {Offset} cut off")]
    private static partial void LogRewritten(ILogger logger, string shard, long bytes, long offset);

    [LoggerMessage(LogLevel.Warning, "{Shard}: the rewritten log could not be cut at offset {Offset}: {Error}")]
    private static partial void LogNotCut(ILogger logger, Exception? cause, string shard, long offset, ErrorCode error);

    /// <summary>Waits for the rewritten state to be durable, then cuts, on a pool thread because it waits for the disk.</summary>
    private sealed class GroupLogRewrite(GroupShard shard, long cutAt, long bytesBefore) : ICommitWaiter, IThreadPoolWorkItem
    {
        public void OnCommitted(int tag, ErrorCode error)
        {
            // With an error nothing is cut; the shard hears of it through its own appends.
            if (error == ErrorCode.None)
            {
                ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            }
        }

        public void Execute()
        {
            if (Volatile.Read(ref shard._isStopped))
            {
                // Another shard reads the log now.
                return;
            }

            var error = Cut();
            if (error == ErrorCode.None)
            {
                LogRewritten(shard._logger, shard._name, bytesBefore, cutAt);
            }

            shard._work.Enqueue(new Work(IsRewritten: true, LoadedBytes: error == ErrorCode.None ? bytesBefore : 0));
            shard.WorkOff();
        }

        private ErrorCode Cut()
        {
            try
            {
                var error = shard._log.DeleteRecordsBefore(cutAt);
                if (error != ErrorCode.None)
                {
                    LogNotCut(shard._logger, null, shard._name, cutAt, error);
                }

                return error;
            }
            catch (IOException e)
            {
                LogNotCut(shard._logger, e, shard._name, cutAt, ErrorCode.KafkaStorageError);
                return ErrorCode.KafkaStorageError;
            }
        }
    }
}

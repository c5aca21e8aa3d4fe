using Hosting;
using Kernel;
using Microsoft.Extensions.Logging;
using SchemaRegistry.Core.Languages;
using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Core.Subjects.Records;
using SchemaRegistry.Service.Log;

namespace SchemaRegistry.Service.State;

/// <summary>
/// One tenant's registry: follows its log, and writes to it. Instances that share a log need no leader: a write says which end of the log it was
/// decided at, and one that lies elsewhere counts for nobody. Its writer decides anew; and because a record without effect would still replace
/// the record before it when the log is compacted, whoever writes next writes the true one again.
/// Thread-safe. Reads use <see cref="Image"/> and never wait.
/// </summary>
public sealed class TenantRegistry : IAsyncDisposable
{
    /// <summary>Times that a write is decided anew because others were faster (Confluent's number).</summary>
    private const int MaxAttempts = 5;

    private readonly ISchemaLog _log;
    private readonly Clock _clock;
    private readonly ILogger _logger;
    private readonly SnapshotFile? _snapshot;
    private readonly TimeSpan _writeTimeout;
    private readonly Func<WriteHome> _home;
    private readonly SemaphoreSlim _writer = new(1, 1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly AppliedLog _state;
    private volatile TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _following;
    private volatile bool _hasCaughtUp;
    private volatile string? _readTrouble;
    private volatile string? _writeTrouble;
    private Guid _identity;
    private long _inSnapshot;
    private long _triedSnapshot;
    private bool _isSnapshotWrong;

    public TenantRegistry(string tenant, ISchemaLog log, TenantRegistryOptions options)
    {
        Tenant = tenant;
        Ledger = new RegistryLedger(options.Languages, options.Settings);
        _state = new AppliedLog(Ledger);
        _log = log;
        _clock = options.Clock;
        _logger = options.Logger;
        _snapshot = options.Snapshot;
        _writeTimeout = options.WriteTimeout;
        _home = options.Home;
        _following = Task.Run(FollowAsync);
    }

    public string Tenant { get; }

    public RegistryLedger Ledger { get; }

    /// <summary>The present state.</summary>
    public RegistryImage Image => Ledger.Image;

    /// <summary>Offset after the last record that <see cref="Image"/> holds.</summary>
    public long Applied => _state.Next;

    /// <summary>Completed when all is applied that the log held when it was opened.</summary>
    public Task CaughtUp => _caughtUp.Task;

    /// <summary>It has caught up at least once; since then its log may have been lost.</summary>
    public bool HasCaughtUp => _hasCaughtUp;

    /// <summary>
    /// Why the log cannot be read or written now; null when it can, as far as the last attempt says: of reading the last one to read, of writing the last
    /// one to write, which tells nothing while another region writes. Reads are answered meanwhile from what was known, unless the log was lost;
    /// writes are not.
    /// </summary>
    public string? Trouble => _readTrouble ?? (_home().IsHere ? _writeTrouble : null);

    /// <summary>Records in the log that count for nobody and still have to be written over.</summary>
    public int OverwrittenKeys => _state.OverwrittenKeys;

    /// <summary>Decides a command, writes what it asks for and gives the reply once that is durable and readable here.</summary>
    public async Task<WriteResult> ExecuteAsync(RegistryCommand command, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(_writeTimeout, _clock.Provider);
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel, _stopping.Token);
        try
        {
            await CaughtUp.WaitAsync(bounded.Token);
            await _writer.WaitAsync(bounded.Token);
            try
            {
                return await WriteAsync(command, bounded.Token);
            }
            finally
            {
                _writer.Release();
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Before all is read that the log held, it is reading that takes long.
            if (CaughtUp.IsCompleted && !_stopping.IsCancellationRequested)
            {
                _writeTrouble = "the last write was not done in time";
            }

            return Refused(RegistryError.TimedOut("Register operation timed out"));
        }
        catch (SchemaTooLargeException)
        {
            return Refused(RegistryError.TooLarge());
        }
        catch (Exception failure) when (failure is IOException or System.Net.Sockets.SocketException)
        {
            WriteLog.Failed(_logger, Tenant, failure);
            _writeTrouble = $"the last write failed: {failure.Message}";
            return Refused(RegistryError.StoreFailed("Register schema operation failed while writing to the Kafka store"));
        }
    }

    /// <summary>Waits until a record is applied; false when it is not in time.</summary>
    public async Task<bool> WaitForAsync(long offset, TimeSpan atMost, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(atMost, _clock.Provider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        try
        {
            await _state.WaitAsync(offset + 1, either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _following;
        SaveSnapshot();
        await _log.DisposeAsync();
        _stopping.Dispose();
    }

    private static WriteResult Refused(RegistryError error) => new(new RegistryReply.Refused(error), -1);

    private async Task<WriteResult> WriteAsync(RegistryCommand command, CancellationToken cancel)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var expected = Applied;
            var decision = Ledger.Decide(command, _clock.Now);
            var writes = _state.WithRepairs(decision.Records);
            if (writes.Count == 0)
            {
                return new WriteResult(decision.Reply, expected - 1);
            }

            var at = await AppendAsync(writes, expected, cancel);
            _writeTrouble = null;
            if (at == expected)
            {
                _state.ApplyWritten(writes, at);
                return new WriteResult(decision.Reply, at + writes.Count - 1);
            }

            // Others wrote in between. What they wrote has to be known before anything is decided again.
            await _state.WaitAsync(at + writes.Count, cancel);
        }

        return Refused(RegistryError.StoreFailed("Register schema operation failed while writing to the Kafka store"));
    }

    private Task<long> AppendAsync(List<LogWrite> writes, long expected, CancellationToken cancel)
    {
        var entries = new SchemaLogEntry[writes.Count];
        var now = _clock.WallMs;
        for (var i = 0; i < entries.Length; i++)
        {
            var (record, otherKey) = writes[i];
            var written = record is SchemaRecord { Schema.TimestampMs: > 0 and var timestamp } ? timestamp : now;
            entries[i] = otherKey is null
                ? new SchemaLogEntry(RecordCodec.EncodeKey(record), RecordCodec.EncodeValue(record), written)
                : new SchemaLogEntry(otherKey, null, now);
        }

        return _log.AppendAsync(entries, expected, cancel);
    }

    private async Task FollowAsync()
    {
        var pause = new Backoff(_clock.Provider);
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await OpenAsync();
                _readTrouble = null;
                pause.Reset();
                await ReadOnAsync();
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (SchemaLogLostException lost)
            {
                WriteLog.Lost(_logger, Tenant, lost);
                _readTrouble = $"it was lost: {lost.Message}";

                // Better no answer than that nothing is there.
                _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
                _identity = default;
                _state.Reset();
                DropSnapshot();
                await pause.WaitAsync(_stopping.Token);
            }
            catch (Exception failure)
            {
                // Whatever it is: without following the log the registry would answer from the past for ever.
                WriteLog.NotReadable(_logger, Tenant, failure.Message, failure is IOException ? null : failure);
                _readTrouble = $"it cannot be read: {failure.Message}";
                await pause.WaitAsync(_stopping.Token);
            }
        }
    }

    private async Task OpenAsync()
    {
        var bounds = await _log.OpenAsync(_stopping.Token);
        if (_identity != default && _identity != bounds.Identity)
        {
            throw new SchemaLogLostException("the log is another one than before");
        }

        if (_identity == default)
        {
            Restore(bounds);
        }

        _identity = bounds.Identity;
        while (Applied < bounds.End)
        {
            await ReadOneAsync();
        }

        _hasCaughtUp = true;
        _caughtUp.TrySetResult();
    }

    /// <summary>
    /// Begins with the snapshot, unless the log was lost since, or cut below it: it may grow beyond it again, with other records, so the file goes
    /// before anything is read. Throws <see cref="IOException"/> and <see cref="UnauthorizedAccessException"/>.
    /// </summary>
    private void Restore(SchemaLogBounds bounds)
    {
        var saved = _isSnapshotWrong ? null : _snapshot?.Read(bounds.Identity);
        if (_isSnapshotWrong || saved?.Next > bounds.End)
        {
            _snapshot?.Delete();
            (_isSnapshotWrong, saved) = (false, null);
        }

        if (saved is not null)
        {
            _state.Restore(saved);
        }

        _inSnapshot = _triedSnapshot = saved?.Next ?? 0;
    }

    /// <summary>At once: the process may end before the log is opened again. Where that fails, <see cref="Restore"/> does it, or nothing goes on.</summary>
    private void DropSnapshot()
    {
        _isSnapshotWrong = true;
        try
        {
            _snapshot?.Delete();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            WriteLog.NoSnapshot(_logger, Tenant, failure);
        }
    }

    private async Task ReadOnAsync()
    {
        while (true)
        {
            await ReadOneAsync();
            if (Applied - _triedSnapshot >= Limits.SchemaRecordsPerSnapshot)
            {
                SaveSnapshot();
            }
        }
    }

    private async Task ReadOneAsync() => _state.ApplyRead(await _log.ReadAsync(Applied, _stopping.Token));

    private void SaveSnapshot()
    {
        if (_snapshot is null || _identity == default)
        {
            return;
        }

        var snapshot = _state.Capture(_identity);
        if (snapshot.Next == _inSnapshot)
        {
            return;
        }

        _triedSnapshot = snapshot.Next;
        try
        {
            _snapshot.Write(snapshot);
            _inSnapshot = snapshot.Next;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Starting will take longer; nothing is lost. It is tried again after as many records as after one that was written.
            WriteLog.NoSnapshot(_logger, Tenant, failure);
        }
    }
}

/// <summary>What a write came to.</summary>
/// <param name="Offset">Of its last record; without records, of the last one it was decided after; -1 when it failed.</param>
public readonly record struct WriteResult(RegistryReply Reply, long Offset);

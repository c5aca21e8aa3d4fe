using System.Text;
using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Core.Subjects.Records;
using SchemaRegistry.Service.Log;

namespace SchemaRegistry.Service.State;

/// <summary>
/// How far a ledger has come in its log, and which keys of the log have a last record without effect. Those are written again with the next
/// write, because compaction would keep the wrong one. Thread-safe; records are applied in the order of their offsets, each once.
/// </summary>
internal sealed class AppliedLog(RegistryLedger ledger)
{
    private readonly Lock _applying = new();
    private readonly Dictionary<string, RegistryRecord> _overwritten = new(StringComparer.Ordinal);
    private readonly OffsetWaiters _waiters = new();
    private long _next;

    /// <summary>Offset after the last record that is applied.</summary>
    public long Next => Volatile.Read(ref _next);

    /// <summary>Keys that still have to be written again.</summary>
    public int OverwrittenKeys
    {
        get
        {
            lock (_applying)
            {
                return _overwritten.Count;
            }
        }
    }

    /// <summary>Completed when <see cref="Next"/> has come so far. Throws <see cref="OperationCanceledException"/>.</summary>
    public Task WaitAsync(long next, CancellationToken cancel) => _waiters.WaitAsync(next, () => Next, cancel);

    /// <summary>Applies what this instance wrote, unless its reader was faster.</summary>
    public void ApplyWritten(List<RegistryRecord> records, long at)
    {
        lock (_applying)
        {
            for (var i = 0; i < records.Count; i++)
            {
                if (at + i >= _next)
                {
                    Apply(records[i], isValid: true);
                    Volatile.Write(ref _next, at + i + 1);
                }
            }
        }

        _waiters.Release();
    }

    /// <summary>Applies what was read, unless this instance wrote it and knows it already.</summary>
    public void ApplyRead(SchemaLogPage page)
    {
        lock (_applying)
        {
            foreach (var read in page.Records)
            {
                if (read.Offset < _next)
                {
                    continue;
                }

                if (RecordCodec.Decode(read.Key, read.Value, read.TimestampMs) is { } record)
                {
                    Apply(record, read.IsValid);
                }

                Volatile.Write(ref _next, read.Offset + 1);
            }

            Volatile.Write(ref _next, Math.Max(_next, page.Next));
        }

        _waiters.Release();
    }

    /// <summary>What was decided, behind the records that have to be written again.</summary>
    public List<RegistryRecord> WithRepairs(IReadOnlyList<RegistryRecord> decided)
    {
        lock (_applying)
        {
            var records = new List<RegistryRecord>(_overwritten.Count + decided.Count);
            foreach (var record in _overwritten.Values)
            {
                if (ledger.Image.Present(record) is { } present)
                {
                    records.Add(present);
                }
            }

            records.AddRange(decided);
            return records;
        }
    }

    /// <summary>Begins anew, with another log.</summary>
    public void Reset()
    {
        lock (_applying)
        {
            ledger.Reset();
            _overwritten.Clear();
            Volatile.Write(ref _next, 0);
        }
    }

    /// <summary>Begins with a snapshot. Only before anything else.</summary>
    public void Restore(Snapshot saved)
    {
        lock (_applying)
        {
            foreach (var record in saved.Records)
            {
                ledger.Apply(record);
            }

            foreach (var record in saved.Overwritten)
            {
                Apply(record, isValid: false);
            }

            Volatile.Write(ref _next, saved.Next);
        }
    }

    /// <summary>The present state, to be written down.</summary>
    public Snapshot Capture(Guid identity)
    {
        RegistryImage image;
        long next;
        RegistryRecord[] overwritten;
        lock (_applying)
        {
            image = ledger.Image;
            next = _next;
            overwritten = [.. _overwritten.Values];
        }

        return new Snapshot(identity, next, [.. image.ToRecords()], overwritten);
    }

    private void Apply(RegistryRecord record, bool isValid)
    {
        if (!isValid)
        {
            _overwritten[KeyOf(record)] = record;
            return;
        }

        if (_overwritten.Count > 0)
        {
            _overwritten.Remove(KeyOf(record));
        }

        ledger.Apply(record);
    }

    private static string KeyOf(RegistryRecord record) => Encoding.UTF8.GetString(RecordCodec.EncodeKey(record));
}

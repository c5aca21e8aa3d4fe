using System.Text;
using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Core.Subjects.Records;
using SchemaRegistry.Service.Log;

namespace SchemaRegistry.Service.State;

/// <summary>
/// How far a ledger has come in its log, and what compaction would make wrong of it: keys whose last record is without effect, records under other
/// bytes than their key has here, highest ids that nothing else remembers. All are put right with the next write. Thread-safe; records are applied in the order of their offsets,
/// each once.
/// </summary>
internal sealed class AppliedLog(RegistryLedger ledger)
{
    private readonly Lock _applying = new();
    private readonly Dictionary<string, RegistryRecord> _overwritten = new(StringComparer.Ordinal);
    private readonly KeyLayouts _layouts = new();
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
    public void ApplyWritten(List<LogWrite> writes, long at)
    {
        lock (_applying)
        {
            for (var i = 0; i < writes.Count; i++)
            {
                if (at + i >= _next)
                {
                    Apply(writes[i].Record, isValid: true, writes[i].OtherKey);
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
                    Apply(record, read.IsValid, read.Key);
                }

                Volatile.Write(ref _next, read.Offset + 1);
            }

            Volatile.Write(ref _next, Math.Max(_next, page.Next));
        }

        _waiters.Release();
    }

    /// <summary>What was decided, behind the records that have to be written again; each behind the end of its key's other layouts.</summary>
    public List<LogWrite> WithRepairs(IReadOnlyList<RegistryRecord> decided)
    {
        lock (_applying)
        {
            var writes = new List<LogWrite>(_overwritten.Count + decided.Count);
            _layouts.AddLeftovers(writes);
            foreach (var record in _overwritten.Values)
            {
                foreach (var repair in ledger.Image.Repairs(record))
                {
                    Add(writes, repair);
                }
            }

            foreach (var record in decided)
            {
                Add(writes, record);
            }

            return writes;
        }
    }

    /// <summary>Begins anew, with another log.</summary>
    public void Reset()
    {
        lock (_applying)
        {
            ledger.Reset();
            _overwritten.Clear();
            _layouts.Clear();
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
                Apply(record, isValid: false, otherKey: null);
            }

            foreach (var key in saved.OtherKeys)
            {
                _layouts.Restore(key, ledger.Image);
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
        byte[][] otherKeys;
        lock (_applying)
        {
            image = ledger.Image;
            next = _next;
            overwritten = [.. _overwritten.Values];
            otherKeys = [.. _layouts.Keys];
        }

        return new Snapshot(identity, next, [.. image.ToRecords()], overwritten, otherKeys);
    }

    private void Add(List<LogWrite> writes, RegistryRecord record)
    {
        _layouts.AddEnds(writes, record);
        writes.Add(new LogWrite(record, OtherKey: null));
    }

    private void Apply(RegistryRecord record, bool isValid, byte[]? otherKey)
    {
        var own = RecordCodec.EncodeKey(record);
        var key = Encoding.UTF8.GetString(own);
        _layouts.Apply(record, key, otherKey is null || otherKey.AsSpan().SequenceEqual(own) ? null : otherKey);
        if (!isValid)
        {
            _overwritten[key] = record;
            return;
        }

        _overwritten.Remove(key);
        var before = ledger.Image;
        ledger.Apply(record);
        if (record is SchemaRecord { Schema: null, Subject: var of })
        {
            NoteHighest(before, of);
        }
        else if (record is ClearSubjectRecord { Subject: var cleared })
        {
            NoteHighest(before, cleared);
        }
    }

    /// <summary>
    /// Others delete the schema with the highest id without a record of it. Once compaction took the schema, nothing would say that the id was
    /// given, so it is written down with the next write.
    /// </summary>
    private void NoteHighest(RegistryImage before, string subject)
    {
        var context = before.Context(SubjectName.Parse(subject).Context);
        if (context.Ids.ContainsKey(context.HighestId) && !ledger.Image.Context(context.Name).Ids.ContainsKey(context.HighestId))
        {
            var highest = new HighestIdRecord(context.Name, context.HighestId);
            _overwritten[Encoding.UTF8.GetString(RecordCodec.EncodeKey(highest))] = highest;
        }
    }
}

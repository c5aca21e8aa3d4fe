namespace SchemaRegistry.Service.Log;

/// <summary>A log in memory, for tests and trials: several instances may share its storage as they would share a topic.</summary>
public sealed class MemorySchemaLog(MemorySchemaLog.Storage storage) : ISchemaLog
{
    /// <summary>What outlives an instance. Thread-safe.</summary>
    public sealed class Storage
    {
        private readonly Lock _lock = new();
        private readonly List<SchemaLogRecord> _records = [];
        private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Guid Identity { get; } = Guid.NewGuid();

        /// <summary>All records, those without effect too.</summary>
        public IReadOnlyList<SchemaLogRecord> Records
        {
            get
            {
                lock (_lock)
                {
                    return [.. _records];
                }
            }
        }

        /// <summary>Appends as another program would.</summary>
        public long Append(IReadOnlyList<SchemaLogEntry> entries, long? expectedOffset)
        {
            lock (_lock)
            {
                var first = _records.Count;
                for (var i = 0; i < entries.Count; i++)
                {
                    _records.Add(new SchemaLogRecord(first + i, entries[i].Key, entries[i].Value, entries[i].TimestampMs, expectedOffset + i));
                }

                var changed = _changed;
                _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
                changed.SetResult();
                return first;
            }
        }

        /// <summary>Loses all but the first records, as a log does whose disk was not synced.</summary>
        public void CutTo(int count)
        {
            TaskCompletionSource changed;
            lock (_lock)
            {
                _records.RemoveRange(count, _records.Count - count);
                changed = _changed;
                _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            changed.SetResult();
        }

        internal (List<SchemaLogRecord> Records, Task Changed) From(long offset)
        {
            lock (_lock)
            {
                if (offset > _records.Count)
                {
                    throw new SchemaLogLostException($"the log ends at {_records.Count}, before {offset}");
                }

                return (_records[(int)offset..], _changed.Task);
            }
        }
    }

    public Task<SchemaLogBounds> OpenAsync(CancellationToken cancel) => Task.FromResult(new SchemaLogBounds(storage.Identity, storage.Records.Count));

    public Task<long> AppendAsync(IReadOnlyList<SchemaLogEntry> entries, long expectedOffset, CancellationToken cancel) =>
        Task.FromResult(storage.Append(entries, expectedOffset));

    public async Task<SchemaLogPage> ReadAsync(long offset, CancellationToken cancel)
    {
        var (records, changed) = storage.From(offset);
        if (records.Count == 0)
        {
            await changed.WaitAsync(cancel);
            (records, _) = storage.From(offset);
        }

        return new SchemaLogPage(records, offset + records.Count, offset + records.Count);
    }

    public ValueTask DisposeAsync() => default;
}

using System.Text;
using Kernel;
using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Core.Subjects.Records;

namespace SchemaRegistry.Service.State;

/// <summary>
/// Records that lie in the log under other bytes than this registry gives their keys: with the members of old releases in another order, or with
/// members that other registries add. Compaction goes by bytes, so it would keep such a record when its key is deleted under the present bytes,
/// and once the deletion itself is compacted away, what was deleted would be back. So whoever writes a key ends its other layouts first, in the
/// same batch; and what others deleted without that is ended with the next write.
/// Owned by an <see cref="AppliedLog"/>, under its lock.
/// </summary>
internal sealed class KeyLayouts
{
    private readonly Dictionary<string, List<byte[]>> _others = new(StringComparer.Ordinal);
    private readonly HashSet<string> _leftOver = new(StringComparer.Ordinal);

    /// <summary>Keys of other layouts whose records are in the log.</summary>
    public IEnumerable<byte[]> Keys => _others.Values.SelectMany(keys => keys);

    /// <summary>Notes a record of the log.</summary>
    /// <param name="key">Its key as this registry writes it.</param>
    /// <param name="other">Its key as it stands there; null when that is the same.</param>
    public void Apply(RegistryRecord record, string key, byte[]? other)
    {
        if (other is null && _others.Count == 0)
        {
            return;
        }

        var isEnd = RecordCodec.IsEnd(record);
        if (other is not null)
        {
            Note(key, other, isEnd);
        }

        if (isEnd && _others.ContainsKey(key))
        {
            _leftOver.Add(key);
        }
        else
        {
            _leftOver.Remove(key);
        }
    }

    /// <summary>Notes a key that a snapshot held, when all else of the snapshot is applied.</summary>
    public void Restore(byte[] other, RegistryImage image)
    {
        if (RecordCodec.Decode(other, null, timestampMs: 0) is { } end)
        {
            var key = Encoding.UTF8.GetString(RecordCodec.EncodeKey(end));
            Note(key, other, isEnd: false);
            if (image.Present(end) is not { } present || RecordCodec.IsEnd(present))
            {
                _leftOver.Add(key);
            }
        }
    }

    /// <summary>Ends the other layouts of a record that is about to be written.</summary>
    public void AddEnds(List<LogWrite> writes, RegistryRecord record)
    {
        if (_others.Count > 0 && _others.TryGetValue(Encoding.UTF8.GetString(RecordCodec.EncodeKey(record)), out var keys))
        {
            AddEnds(writes, keys);
        }
    }

    /// <summary>Ends what is left of keys that others deleted, as many as a write may carry beside its own.</summary>
    public void AddLeftovers(List<LogWrite> writes)
    {
        foreach (var key in _leftOver.Take(Limits.MaxSchemaKeysEndedPerWrite))
        {
            AddEnds(writes, _others[key]);
        }
    }

    public void Clear()
    {
        _others.Clear();
        _leftOver.Clear();
    }

    private static void AddEnds(List<LogWrite> writes, List<byte[]> keys)
    {
        foreach (var key in keys)
        {
            if (RecordCodec.Decode(key, null, timestampMs: 0) is { } end)
            {
                writes.Add(new LogWrite(end, key));
            }
        }
    }

    private void Note(string key, byte[] other, bool isEnd)
    {
        _others.TryGetValue(key, out var keys);
        var at = keys?.FindIndex(known => known.AsSpan().SequenceEqual(other)) ?? -1;
        if (isEnd && at >= 0)
        {
            keys!.RemoveAt(at);
            if (keys.Count == 0)
            {
                _others.Remove(key);
            }
        }
        else if (!isEnd && at < 0)
        {
            (_others[key] = keys ?? []).Add(other);
        }
    }
}

using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Broker.Node.Storage;

/// <summary>Where an epoch's records begin.</summary>
internal readonly record struct EpochStart(int Epoch, long StartOffset);

/// <summary>
/// The leader epochs of a log and where each begins (KIP-101), rising in both. Changed by one thread at a time; read by any, as a whole.
/// The file is Kafka's leader-epoch-checkpoint.
/// </summary>
internal sealed class LeaderEpochs
{
    private ImmutableArray<EpochStart>[] _published = [[]];

    /// <summary>All of them.</summary>
    public ImmutableArray<EpochStart> Entries
    {
        get => Volatile.Read(ref _published)[0];
        private set => Volatile.Write(ref _published, [value]);
    }

    /// <summary>The newest epoch; -1 without any.</summary>
    public int Latest => Entries is [.., var last] ? last.Epoch : -1;

    /// <summary>Takes an epoch into account that a batch at the offset has; false when it is not newer than what is known.</summary>
    public bool Assign(int epoch, long startOffset)
    {
        if (epoch < 0 || epoch <= Latest)
        {
            return false;
        }

        Entries = Entries.Add(new EpochStart(epoch, startOffset));
        return true;
    }

    /// <summary>The epoch of the record at an offset; -1 when it lies before all.</summary>
    public int At(long offset)
    {
        var entries = Entries;
        for (var i = entries.Length - 1; i >= 0; i--)
        {
            if (entries[i].StartOffset <= offset)
            {
                return entries[i].Epoch;
            }
        }

        return -1;
    }

    /// <summary>
    /// KIP-320: the largest epoch at or below the one asked for, and where it ends. (-1, -1) when it is above all or negative; an epoch
    /// below all ends where the first one begins.
    /// </summary>
    /// <param name="current">The epoch that the leader writes with now, whether or not it has written; -1 for a log that has no leader of its own.</param>
    public (int Epoch, long EndOffset) EndOf(int epoch, int current, long logEndOffset)
    {
        var entries = Entries;
        if (current > (entries is [.., var last] ? last.Epoch : -1))
        {
            entries = entries.Add(new EpochStart(current, logEndOffset));
        }

        if (epoch < 0 || entries.IsEmpty || epoch > entries[^1].Epoch)
        {
            return (-1, -1);
        }

        if (epoch == entries[^1].Epoch)
        {
            return (epoch, logEndOffset);
        }

        var above = 0;
        while (entries[above].Epoch <= epoch)
        {
            above++;
        }

        return (above == 0 ? epoch : entries[above - 1].Epoch, entries[above].StartOffset);
    }

    /// <summary>Forgets what begins at or above an offset that the log was cut at.</summary>
    public bool TruncateTo(long endOffset)
    {
        var kept = Entries.RemoveAll(entry => entry.StartOffset >= endOffset);
        var changed = kept.Length != Entries.Length;
        Entries = kept;
        return changed;
    }

    /// <summary>Forgets what ended before the log's start; the epoch at the start begins there.</summary>
    public bool RaiseStart(long startOffset)
    {
        var entries = Entries;
        var below = 0;
        while (below < entries.Length && entries[below].StartOffset < startOffset)
        {
            below++;
        }

        if (below == 0 || (below == 1 && entries[0].StartOffset == startOffset))
        {
            return false;
        }

        var floor = entries[below - 1];
        entries = entries.RemoveRange(0, below);
        Entries = entries is [var first, ..] && first.StartOffset == startOffset
            ? entries
            : entries.Insert(0, floor with { StartOffset = startOffset });
        return true;
    }

    /// <summary>Forgets everything: the log begins anew elsewhere.</summary>
    public void Clear() => Entries = [];

    /// <summary>The file's bytes.</summary>
    public byte[] ToFile()
    {
        var text = new StringBuilder("0\n");
        var entries = Entries;
        text.Append(CultureInfo.InvariantCulture, $"{entries.Length}\n");
        foreach (var entry in entries)
        {
            text.Append(CultureInfo.InvariantCulture, $"{entry.Epoch} {entry.StartOffset}\n");
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>Reads a file; false, with nothing remembered, when it is not whole.</summary>
    public bool TryLoad(byte[] file)
    {
        Clear();
        var lines = Encoding.ASCII.GetString(file).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length < 2 || lines[0] != "0" || !int.TryParse(lines[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) ||
            count != lines.Length - 2)
        {
            return false;
        }

        var entries = ImmutableArray.CreateBuilder<EpochStart>(count);
        foreach (var line in lines.AsSpan(2))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space < 0 || !int.TryParse(line.AsSpan(0, space), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) ||
                !long.TryParse(line.AsSpan(space + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var start) ||
                (entries.Count > 0 && (entries[^1].Epoch >= epoch || entries[^1].StartOffset > start)))
            {
                return false;
            }

            entries.Add(new EpochStart(epoch, start));
        }

        Entries = entries.ToImmutable();
        return true;
    }
}

namespace Federation.Core.Mirroring;

/// <summary>
/// Remembers when the source's committed end was first seen where, to say how old the oldest record is that a copy has not. Time is the
/// source's clock. Bounded: where marks get too many, neighbours are merged so that the answer errs towards older.
/// </summary>
public sealed class LagMarks
{
    private const int MaxMarks = 64;

    private readonly List<Mark> _marks = [];

    /// <param name="End">A committed end, exclusive.</param>
    /// <param name="AtMs">When the source had it, its clock.</param>
    private readonly record struct Mark(long End, long AtMs);

    /// <summary>The source's committed end was this at that time. Ends that were seen before change nothing.</summary>
    public void Add(long end, long atMs)
    {
        if (_marks.Count > 0 && end <= _marks[^1].End)
        {
            return;
        }

        if (_marks.Count == MaxMarks)
        {
            Merge();
        }

        _marks.Add(new(end, atMs));
    }

    /// <summary>The copy has everything below this offset.</summary>
    public void Reached(long end)
    {
        var done = 0;
        while (done < _marks.Count && _marks[done].End <= end)
        {
            done++;
        }

        _marks.RemoveRange(0, done);
    }

    /// <summary>When the oldest end was seen that the copy has not reached; null when it has reached all.</summary>
    public long? OldestMs => _marks.Count == 0 ? null : _marks[0].AtMs;

    /// <summary>Forgets everything.</summary>
    public void Clear() => _marks.Clear();

    private void Merge()
    {
        var kept = 0;
        for (var i = 0; i + 1 < _marks.Count; i += 2)
        {
            _marks[kept++] = new(_marks[i + 1].End, _marks[i].AtMs);
        }

        _marks.RemoveRange(kept, _marks.Count - kept);
    }
}

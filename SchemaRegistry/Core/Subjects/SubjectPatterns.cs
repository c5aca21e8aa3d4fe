namespace SchemaRegistry.Core.Subjects;

/// <summary>
/// Patterns of subjects: names, or beginnings of names with a star at the end. Decides what they cover in the time that it takes to find a word in a
/// sorted list, because an exporter has up to a thousand and asks for each subject. Does not change.
/// </summary>
public sealed class SubjectPatterns
{
    /// <summary>Patterns without a star.</summary>
    private readonly HashSet<string> _names;

    /// <summary>What comes before the star, or the whole name. Sorted by code unit.</summary>
    private readonly string[] _begins;

    /// <summary>Beginnings that are covered, without those that begin with another one of them. Sorted by code unit.</summary>
    private readonly List<string> _open = [];

    public SubjectPatterns(IEnumerable<string> patterns)
    {
        var all = patterns.Select(static pattern => (Text: pattern.EndsWith('*') ? pattern[..^1] : pattern, IsOpen: pattern.EndsWith('*'))).ToArray();
        _begins = [.. all.Select(static begin => begin.Text)];
        Array.Sort(_begins, StringComparer.Ordinal);
        foreach (var begin in all.Where(static begin => begin.IsOpen).Select(static begin => begin.Text).Order(StringComparer.Ordinal))
        {
            if (_open.Count == 0 || !begin.StartsWith(_open[^1], StringComparison.Ordinal))
            {
                _open.Add(begin);
            }
        }

        _names = all.Where(static begin => !begin.IsOpen).Select(static begin => begin.Text).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Whether a name is covered.</summary>
    public bool Covers(string name) => _names.Contains(name) || CoversBeginning(name);

    /// <summary>Whether some name that begins so may be covered.</summary>
    public bool CoverSomeWith(string beginning)
    {
        var at = Array.BinarySearch(_begins, beginning, StringComparer.Ordinal);
        at = at < 0 ? ~at : at;
        return at < _begins.Length && _begins[at].StartsWith(beginning, StringComparison.Ordinal) || CoversBeginning(beginning);
    }

    /// <summary>Whether all names that begin so are covered. Between a beginning and what begins with it lie only others that begin with it.</summary>
    private bool CoversBeginning(string text)
    {
        var at = _open.BinarySearch(text, StringComparer.Ordinal);
        return at >= 0 || ~at > 0 && text.StartsWith(_open[~at - 1], StringComparison.Ordinal);
    }
}

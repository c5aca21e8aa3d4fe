namespace Federation.Cli.Schemas;

/// <summary>One line of a difference: ' ' is in both, '-' in the old text alone, '+' in the new one alone.</summary>
internal readonly record struct DiffLine(char Mark, string Text);

/// <summary>The shortest difference between two texts by lines (Myers 1986), bounded in work: texts that share next to nothing are told whole.</summary>
internal static class LineDiff
{
    /// <summary>Insertions and deletions looked for. Work and memory grow with the square; nobody reads a longer difference.</summary>
    private const int MaxEdits = 2000;

    public static List<DiffLine> Of(string[] old, string[] newer)
    {
        var start = 0;
        while (start < old.Length && start < newer.Length && old[start] == newer[start])
        {
            start++;
        }

        var end = 0;
        while (end < old.Length - start && end < newer.Length - start && old[^(end + 1)] == newer[^(end + 1)])
        {
            end++;
        }

        return
        [
            .. old.Take(start).Select(line => new DiffLine(' ', line)),
            .. Middle(old[start..(old.Length - end)], newer[start..(newer.Length - end)]),
            .. old.Skip(old.Length - end).Select(line => new DiffLine(' ', line)),
        ];
    }

    /// <summary>The changed lines with some around each; null stands for lines left out.</summary>
    public static IEnumerable<DiffLine?> Excerpt(List<DiffLine> lines, int around)
    {
        var shown = new bool[lines.Count];
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i].Mark != ' ')
            {
                shown.AsSpan(Math.Max(0, i - around)..Math.Min(lines.Count, i + around + 1)).Fill(true);
            }
        }

        for (var i = 0; i < lines.Count; i++)
        {
            if (shown[i])
            {
                yield return lines[i];
            }
            else if (i == 0 || shown[i - 1])
            {
                yield return null;
            }
        }
    }

    private static List<DiffLine> Middle(string[] old, string[] newer)
    {
        // Furthest reaching x on each diagonal, for each number of edits so far.
        var trace = new List<int[]>();
        var most = Math.Min(old.Length + newer.Length, MaxEdits);
        var reach = new int[2 * most + 3];
        for (var edits = 0; edits <= most; edits++)
        {
            for (var diagonal = -edits; diagonal <= edits; diagonal += 2)
            {
                var x = IsDown(reach, most, diagonal, edits) ? reach[most + 1 + diagonal + 1] : reach[most + 1 + diagonal - 1] + 1;
                while (x < old.Length && x - diagonal < newer.Length && old[x] == newer[x - diagonal])
                {
                    x++;
                }

                reach[most + 1 + diagonal] = x;
                if (x >= old.Length && x - diagonal >= newer.Length)
                {
                    return Path(old, newer, trace, most, edits);
                }
            }

            // Only the diagonals of this round are looked at again.
            trace.Add(reach[(most + 1 - edits - 1)..(most + 1 + edits + 2)]);
        }

        return [.. old.Select(line => new DiffLine('-', line)), .. newer.Select(line => new DiffLine('+', line))];
    }

    private static bool IsDown(int[] reach, int most, int diagonal, int edits) =>
        diagonal == -edits || diagonal != edits && reach[most + 1 + diagonal - 1] < reach[most + 1 + diagonal + 1];

    private static List<DiffLine> Path(string[] old, string[] newer, List<int[]> trace, int most, int edits)
    {
        var lines = new List<DiffLine>();
        var (x, y) = (old.Length, newer.Length);
        var reach = new int[2 * most + 3];
        for (; edits > 0; edits--)
        {
            var round = trace[edits - 1];
            round.CopyTo(reach, most + 1 - edits);
            var diagonal = x - y;
            var isDown = IsDown(reach, most, diagonal, edits);
            var before = reach[most + 1 + (isDown ? diagonal + 1 : diagonal - 1)];
            var beforeY = before - (isDown ? diagonal + 1 : diagonal - 1);
            for (; x > before && y > beforeY && old[x - 1] == newer[y - 1]; x--, y--)
            {
                lines.Add(new DiffLine(' ', old[x - 1]));
            }

            lines.Add(isDown ? new DiffLine('+', newer[y - 1]) : new DiffLine('-', old[x - 1]));
            (x, y) = (before, beforeY);
        }

        for (; x > 0; x--)
        {
            lines.Add(new DiffLine(' ', old[x - 1]));
        }

        lines.Reverse();
        return lines;
    }
}

namespace Federation.Cli.Schemas;

/// <summary>A version by its subject's qualified name and its number.</summary>
internal readonly record struct VersionKey(string Subject, int Version)
{
    public static VersionKey Of(ExportLine line) => new(line.Subject!, line.Version!.Value);

    public override string ToString() => $"{Subject} version {Version}";
}

/// <summary>Orders schemas so that each comes behind those that it refers to, otherwise by context and id: the same schemas give the same order.</summary>
internal static class ReferenceOrder
{
    public static List<ExportLine> Of(IEnumerable<ExportLine> schemas)
    {
        ExportLine[] all = [.. schemas.OrderBy(line => SubjectText.ContextOf(line.Subject!), StringComparer.Ordinal).ThenBy(line => line.Id)
            .ThenBy(line => line.Subject, StringComparer.Ordinal).ThenBy(line => line.Version)];
        var byKey = all.ToDictionary(VersionKey.Of);
        var order = new List<ExportLine>(all.Length);
        var seen = new HashSet<VersionKey>();
        var open = new Stack<(ExportLine Line, bool IsLeft)>();
        foreach (var root in all)
        {
            open.Push((root, false));
            while (open.TryPop(out var next))
            {
                if (next.IsLeft)
                {
                    order.Add(next.Line);
                    continue;
                }

                if (!seen.Add(VersionKey.Of(next.Line)))
                {
                    continue;
                }

                open.Push((next.Line, true));
                foreach (var target in Targets(next.Line).Reverse())
                {
                    if (byKey.TryGetValue(target, out var line))
                    {
                        open.Push((line, false));
                    }
                }
            }
        }

        return order;
    }

    /// <summary>The same schemas in waves: those of one refer to those of earlier waves alone, so they may be written at the same time.</summary>
    public static IEnumerable<IReadOnlyList<ExportLine>> Waves(IReadOnlyList<ExportLine> inOrder)
    {
        var depths = new Dictionary<VersionKey, int>();
        foreach (var line in inOrder)
        {
            depths[VersionKey.Of(line)] = 1 + Targets(line).Select(target => depths.GetValueOrDefault(target, -1)).DefaultIfEmpty(-1).Max();
        }

        return inOrder.GroupBy(line => depths[VersionKey.Of(line)]).OrderBy(wave => wave.Key).Select(wave => wave.ToList());
    }

    /// <summary>What a schema refers to, with names as they hold everywhere.</summary>
    public static IEnumerable<VersionKey> Targets(ExportLine line)
    {
        var context = SubjectText.ContextOf(line.Subject!);
        return (line.References ?? []).Select(reference => new VersionKey(SubjectText.Within(reference.Subject, context), reference.Version));
    }
}

using SchemaRegistry.Core.Subjects.Contracts;

namespace SchemaRegistry.Core.Subjects;

/// <summary>
/// Decides in which order stored schemas can be written elsewhere: each behind those that it refers to, otherwise by id and version. Ids alone say less:
/// each context counts its own, and an import gives them in any order.
/// </summary>
public static class ReferenceOrder
{
    public static List<StoredSchema> Of(IEnumerable<StoredSchema> schemas)
    {
        StoredSchema[] all = [.. schemas.OrderBy(schema => schema.Id).ThenBy(schema => schema.Version).ThenBy(schema => schema.Subject, StringComparer.Ordinal)];
        var byKey = all.ToDictionary(schema => schema.Key);
        var order = new List<StoredSchema>(all.Length);
        var seen = new HashSet<SchemaKey>();

        // A stack of its own: a log of another registry may hold chains deeper than this one's bound.
        var open = new Stack<(StoredSchema Schema, bool IsLeft)>();
        foreach (var root in all)
        {
            open.Push((root, false));
            while (open.TryPop(out var next))
            {
                if (next.IsLeft)
                {
                    order.Add(next.Schema);
                    continue;
                }

                if (!seen.Add(next.Schema.Key))
                {
                    continue;
                }

                open.Push((next.Schema, true));
                foreach (var key in RegistryImage.Targets(next.Schema).Reverse())
                {
                    if (byKey.TryGetValue(key, out var target))
                    {
                        open.Push((target, false));
                    }
                }
            }
        }

        return order;
    }
}

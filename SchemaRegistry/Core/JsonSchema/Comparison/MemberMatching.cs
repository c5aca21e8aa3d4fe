namespace SchemaRegistry.Core.JsonSchema.Comparison;

/// <summary>
/// Finds a partner for as many members as can have one at the same time: a maximum matching, by augmenting paths in breadth. Earlier partners are
/// preferred, so that equal lists are matched in their order.
/// </summary>
internal sealed class MemberMatching(int rightCount)
{
    private const int Nobody = -1;

    private readonly List<List<int>> _fits = [];

    /// <summary>The next member on the left, with those on the right that it fits.</summary>
    public void Add(List<int> fits) => _fits.Add(fits);

    /// <summary>For each member on the left its partner, or null.</summary>
    /// <param name="spend">Told of each member that is looked at; false ends the search.</param>
    public int?[] Find(Func<int, bool> spend)
    {
        var partnerOfLeft = Enumerable.Repeat(Nobody, _fits.Count).ToArray();
        var partnerOfRight = Enumerable.Repeat(Nobody, rightCount).ToArray();
        for (var left = 0; left < _fits.Count; left++)
        {
            Augment(left, partnerOfLeft, partnerOfRight, spend);
        }

        return [.. partnerOfLeft.Select(right => right == Nobody ? (int?)null : right)];
    }

    private void Augment(int start, int[] partnerOfLeft, int[] partnerOfRight, Func<int, bool> spend)
    {
        var cameFrom = new Dictionary<int, int>();
        var waiting = new Queue<int>();
        waiting.Enqueue(start);
        while (waiting.TryDequeue(out var left))
        {
            if (!spend(1 + _fits[left].Count))
            {
                return;
            }

            foreach (var right in _fits[left])
            {
                if (!cameFrom.TryAdd(right, left))
                {
                    continue;
                }

                if (partnerOfRight[right] != Nobody)
                {
                    waiting.Enqueue(partnerOfRight[right]);
                    continue;
                }

                Exchange(right, cameFrom, partnerOfLeft, partnerOfRight);
                return;
            }
        }
    }

    private static void Exchange(int free, Dictionary<int, int> cameFrom, int[] partnerOfLeft, int[] partnerOfRight)
    {
        var right = free;
        while (right != Nobody)
        {
            var left = cameFrom[right];
            var before = partnerOfLeft[left];
            partnerOfLeft[left] = right;
            partnerOfRight[right] = left;
            right = before;
        }
    }
}

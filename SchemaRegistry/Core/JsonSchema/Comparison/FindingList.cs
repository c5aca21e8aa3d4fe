using System.Text;
using Kernel;
using SchemaRegistry.Core.Languages;

namespace SchemaRegistry.Core.JsonSchema.Comparison;

/// <summary>Writes a tree of differences out as findings with whole paths, up to bounds of number and characters.</summary>
internal sealed class FindingList
{
    private readonly bool _isLenient;
    private readonly bool _onlyIncompatible;
    private readonly List<Finding> _findings = [];
    private int _charsLeft = Limits.MaxSchemaJsonPathChars;

    private FindingList(bool isLenient, bool onlyIncompatible)
    {
        _isLenient = isLenient;
        _onlyIncompatible = onlyIncompatible;
    }

    /// <summary>The differences. If they are too many for the bounds, those that are harmless are left out first, then the last ones.</summary>
    public static List<Finding> Of(DifferenceTree tree, bool isLenient)
    {
        var list = new FindingList(isLenient, onlyIncompatible: false);
        if (!list.Add("#", tree) && !tree.IsCompatible)
        {
            list = new FindingList(isLenient, onlyIncompatible: true);
            list.Add("#", tree);
        }

        if (!tree.IsCompatible && list._findings.TrueForAll(f => f.IsCompatible))
        {
            list._findings.Add(list.Write(PathOfAssumed(tree), AnySchemaDifferences.TypeChanged));
        }

        return list._findings;
    }

    /// <summary>
    /// Where a recursive pair was met that is incompatible, when the place at which its differences would be reported lies in an alternative that
    /// was not taken.
    /// </summary>
    private static string PathOfAssumed(DifferenceTree tree)
    {
        var path = new StringBuilder("#");
        while (tree != DifferenceTree.Incompatible)
        {
            var entry = tree.Entries.First(e => e.Below is { IsCompatible: false });
            path.Append(entry.Path.Length == 0 ? "" : "/").Append(entry.Path);
            tree = entry.Below!;
        }

        return path.Length == 1 ? "#/" : path.ToString();
    }

    /// <summary>False when a bound was reached; what was found until then is kept.</summary>
    private bool Add(string path, DifferenceTree tree)
    {
        foreach (var entry in tree.Entries)
        {
            if (entry.Below == DifferenceTree.Incompatible)
            {
                continue;
            }

            if (_onlyIncompatible && (entry.Type?.IsHarmless(_isLenient) ?? entry.Below!.IsCompatible))
            {
                continue;
            }

            // The first difference is written whatever its length: an incompatible pair never has an empty list.
            var whole = entry.Path.Length == 0 ? path : path + "/" + entry.Path;
            _charsLeft -= whole.Length;
            if (_findings.Count > 0 && (_charsLeft < 0 || _findings.Count >= Limits.MaxSchemaJsonFindings))
            {
                return false;
            }

            if (entry.Below is { } below)
            {
                if (!Add(whole, below))
                {
                    return false;
                }
            }
            else
            {
                _findings.Add(Write(whole == "#" ? "#/" : whole, entry.Type!));
            }
        }

        return true;
    }

    private Finding Write(string path, DifferenceType type)
    {
        // The description is a format: braces in names are written twice.
        var escaped = path.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal);
        return new Finding(type.Name, path, type.IsHarmless(_isLenient), type.Sentence.Replace("{2}", escaped, StringComparison.Ordinal));
    }
}

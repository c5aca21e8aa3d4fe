using System.Globalization;
using System.Text;
using Kernel;

namespace SchemaRegistry.Core.Avro;

/// <summary>Where the parser is, for its messages: a JSON pointer from the schema's root.</summary>
internal sealed class AvroPlace
{
    private readonly List<(string? Word, int Index)> _steps = [];

    /// <summary>Not at the root.</summary>
    public bool IsInside => _steps.Count > 0;

    public void Enter(string word) => _steps.Add((word, 0));

    public void Enter(int index) => _steps.Add((null, index));

    public void Leave() => _steps.RemoveAt(_steps.Count - 1);

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (word, index) in _steps)
        {
            text.Append('/').Append(word ?? index.ToString(CultureInfo.InvariantCulture));
        }

        return text.Length <= Limits.MaxLoggedChars ? text.ToString() : "..." + text.ToString(text.Length - Limits.MaxLoggedChars, Limits.MaxLoggedChars);
    }

    /// <summary>The beginning of a text, for a message; no surrogate pair is cut in half.</summary>
    public static string Excerpt(string text)
    {
        if (text.Length <= Limits.MaxLoggedChars)
        {
            return text;
        }

        var isPair = char.IsHighSurrogate(text[Limits.MaxLoggedChars - 1]);
        return text[..(isPair ? Limits.MaxLoggedChars - 1 : Limits.MaxLoggedChars)] + "...";
    }

    /// <summary>The beginning of a value. A large one is printed but as deep as its first characters need.</summary>
    public static string Excerpt(JsonTree tree)
    {
        var text = new StringBuilder();
        Append(text, tree);
        return Excerpt(text.ToString());
    }

    private static void Append(StringBuilder to, JsonTree tree)
    {
        if (to.Length > Limits.MaxLoggedChars)
        {
            return;
        }

        switch (tree.Kind)
        {
            case JsonKind.Object:
                for (var i = 0; i < tree.Members.Count && to.Length <= Limits.MaxLoggedChars; i++)
                {
                    to.Append(i == 0 ? '{' : ',').AppendJson(Excerpt(tree.Members[i].Name)).Append(':');
                    Append(to, tree.Members[i].Value);
                }

                to.Append(tree.Members.Count == 0 ? "{}" : "}");
                break;
            case JsonKind.Array:
                for (var i = 0; i < tree.Items.Count && to.Length <= Limits.MaxLoggedChars; i++)
                {
                    to.Append(i == 0 ? '[' : ',');
                    Append(to, tree.Items[i]);
                }

                to.Append(tree.Items.Count == 0 ? "[]" : "]");
                break;
            case JsonKind.String:
                to.AppendJson(Excerpt(tree.Text));
                break;
            default:
                to.AppendJson(tree);
                break;
        }
    }
}

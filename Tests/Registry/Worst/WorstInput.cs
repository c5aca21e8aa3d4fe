using System.Text;
using SchemaRegistry.Core.Languages;

namespace Tests.Registry.Worst;

/// <summary>A pair of schemas that costs as much as one can think of for so many characters.</summary>
/// <param name="Name">What is too much of what.</param>
/// <param name="Make">The reader's schema, and the writer's where comparing is what costs. Made only when it is used.</param>
public sealed record WorstInput(SchemaType Type, string Name, Func<(SchemaSource Reader, SchemaSource? Writer)> Make)
{
    /// <summary>What one schema may have: what the service takes unless it is told otherwise.</summary>
    public const int MaxChars = 1_000_000;

    public static IReadOnlyList<WorstInput> All { get; } = [.. AvroWorst.All, .. ProtobufWorst.All, .. JsonWorst.All];

    public override string ToString() => $"{Type.Name()} {Name}";

    public static WorstInput Of(SchemaType type, string name, Func<string> reader, Func<string>? writer = null) =>
        new(type, name, () => (SchemaSource.Of(reader()), writer is null ? null : SchemaSource.Of(writer())));

    /// <summary>As many items as fit between the ends, or so many.</summary>
    public static string Fill(string begin, string end, string separator, Func<int, string> item, int count = int.MaxValue, int chars = MaxChars)
    {
        var text = new StringBuilder(begin);
        for (var i = 0; i < count; i++)
        {
            var next = item(i);
            if (text.Length + next.Length + separator.Length + end.Length > chars)
            {
                break;
            }

            text.Append(i == 0 ? "" : separator).Append(next);
        }

        return text.Append(end).ToString();
    }

    public static string Repeat(string text, int times) => new StringBuilder(text.Length * times).Insert(0, text, times).ToString();
}

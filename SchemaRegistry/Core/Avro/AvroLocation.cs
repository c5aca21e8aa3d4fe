using System.Globalization;
using System.Text;

namespace SchemaRegistry.Core.Avro;

/// <summary>A step from the root of the walk; the root's own word does not show.</summary>
internal sealed class AvroLocation(AvroLocation? parent, string word)
{
    private readonly AvroLocation? _parent = parent;
    private readonly string _word = word;

    public int Depth { get; } = parent is null ? 0 : parent.Depth + 1;

    public string Pointer
    {
        get
        {
            var words = new List<string>();
            for (var at = this; at._parent is not null; at = at._parent)
            {
                words.Add(at._word);
            }

            words.Reverse();
            var text = new StringBuilder("/");
            return text.AppendJoin('/', words.Select(w => w.Replace("~", "~0").Replace("/", "~1"))).ToString();
        }
    }

    public AvroLocation To(string word) => new(this, word);

    public AvroLocation To(int index) => new(this, index.ToString(CultureInfo.InvariantCulture));
}

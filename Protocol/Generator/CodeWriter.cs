using System.Text;

namespace Protocol.Generator;

/// <summary>Indented source text.</summary>
internal sealed class CodeWriter
{
    private readonly StringBuilder _text = new();
    private int _depth;

    public void Line(string line = "")
    {
        if (line.Length > 0)
        {
            _text.Append(' ', _depth * 4).Append(line);
        }

        _text.Append('\n');
    }

    public IDisposable Block(string head)
    {
        Line(head);
        Line("{");
        _depth++;
        return new End(this);
    }

    /// <summary>A block under an if, or no block at all when the condition is null: it always holds.</summary>
    public IDisposable When(string? condition) => condition is null ? new Nothing() : Block($"if ({condition})");

    public override string ToString() => _text.ToString();

    private sealed class End(CodeWriter writer) : IDisposable
    {
        public void Dispose()
        {
            writer._depth--;
            writer.Line("}");
        }
    }

    private sealed class Nothing : IDisposable
    {
        public void Dispose()
        {
        }
    }
}

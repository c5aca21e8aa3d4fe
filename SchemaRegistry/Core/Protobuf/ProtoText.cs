using System.Text;
using Kernel;

namespace SchemaRegistry.Core.Protobuf;

/// <summary>The growing text of a printer: indentation and a bound on its length. One print, one owner.</summary>
internal sealed class ProtoText
{
    private readonly StringBuilder _text = new();
    private bool _isLineStart = true;

    /// <summary>Levels of two blanks before each line.</summary>
    public int Indent { get; set; }

    /// <summary>Adds to the line.</summary>
    public ProtoText Add(string text)
    {
        if (_isLineStart && text.Length > 0)
        {
            _text.Append(' ', 2 * Indent);
            _isLineStart = false;
        }

        _text.Append(text);
        return _text.Length <= Limits.MaxSchemaProtobufPrintedChars
            ? this
            : throw new ProtoFault($"The schema is longer than {Limits.MaxSchemaProtobufPrintedChars} characters when it is printed");
    }

    /// <summary>Ends the line. An empty line has no indentation.</summary>
    public ProtoText Line()
    {
        _text.Append('\n');
        _isLineStart = true;
        return this;
    }

    /// <summary>Adds a string in double quotes with the registry's escapes; other characters stay as they are.</summary>
    public ProtoText Quoted(string value)
    {
        var start = 0;
        Add("\"");
        for (var i = 0; i < value.Length; i++)
        {
            var escape = value[i] switch
            {
                '\a' => "\\a",
                '\b' => "\\b",
                '\f' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\v' => "\\v",
                '\\' => "\\\\",
                '\'' => "\\'",
                '"' => "\\\"",
                _ => null,
            };
            if (escape is not null)
            {
                _text.Append(value, start, i - start).Append(escape);
                start = i + 1;
            }
        }

        _text.Append(value, start, value.Length - start);
        return Add("\"");
    }

    public override string ToString() => _text.ToString();
}

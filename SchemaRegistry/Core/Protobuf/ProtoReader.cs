using System.Globalization;
using System.Text;
using Kernel;

namespace SchemaRegistry.Core.Protobuf;

/// <summary>
/// Reads the characters of a .proto text: words, numbers and strings between white space and comments. Words are of letters, digits, "_", "-"
/// and "." alike, as the registry's own reader takes them; what a word means is the parser's business. One text, one owner.
/// </summary>
internal sealed class ProtoReader(string text)
{
    /// <summary>Characters of the text that an error repeats.</summary>
    private const int ExcerptChars = 40;

    private int _at = text.StartsWith('\uFEFF') ? 1 : 0;

    /// <summary>Whether nothing but white space and comments is left.</summary>
    public bool IsAtEnd()
    {
        Skip();
        return _at >= text.Length;
    }

    /// <summary>The next character that is neither white space nor comment; it stays.</summary>
    public char Peek()
    {
        Skip();
        return _at < text.Length ? text[_at] : throw Fault("unexpected end of file");
    }

    /// <summary>Takes the next character if it is this one.</summary>
    public bool Take(char c)
    {
        if (Peek() != c)
        {
            return false;
        }

        _at++;
        return true;
    }

    public void Require(char c)
    {
        var found = Peek();
        if (found != c)
        {
            throw Fault($"expected '{c}' but was '{found}'");
        }

        _at++;
    }

    /// <summary>Whether a string begins here.</summary>
    public bool IsQuote() => Peek() is '"' or '\'';

    /// <summary>A word of at least one character.</summary>
    public string Word(string what = "a word")
    {
        Skip();
        var start = _at;
        while (_at < text.Length && IsWord(text[_at]))
        {
            _at++;
        }

        return Cut(start, what);
    }

    /// <summary>A number: a word, with the sign of an exponent and with blanks after its own sign.</summary>
    public string Number()
    {
        Skip();
        var start = _at;
        var isSigned = text[_at] is '-' or '+';
        if (isSigned)
        {
            _at++;
            Skip();
        }

        var digits = _at;
        while (_at < text.Length && (IsWord(text[_at]) || (text[_at] == '+' && _at > digits && text[_at - 1] is 'e' or 'E')))
        {
            _at++;
        }

        var number = Cut(digits, "a number");
        return isSigned && text[start] == '-' ? "-" + number : number;
    }

    /// <summary>The name of an element: a word that does not begin with a digit.</summary>
    public string Name(string what)
    {
        var name = Word(what);
        return char.IsAsciiDigit(name[0]) || name[0] is '-' or '.' ? throw Fault($"{what} cannot be called {Excerpt(name)}") : name;
    }

    /// <summary>A whole number of 32 bits, decimal or with 0x.</summary>
    public int Int()
    {
        var word = Peek() is '-' or '+' ? Number() : Word("an integer");
        var isHex = word.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        var ok = isHex
            ? int.TryParse(word.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) && value >= 0
            : int.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
        return ok ? value : throw Fault($"expected an integer but was {Excerpt(word)}");
    }

    /// <summary>Strings that stand side by side are one. Escaped bytes become the characters of their values.</summary>
    public string Quoted()
    {
        if (!IsQuote())
        {
            throw Fault("expected quoted string");
        }

        var result = new StringBuilder();
        do
        {
            var quote = text[_at++];
            while (true)
            {
                if (_at >= text.Length)
                {
                    throw Fault("unterminated string");
                }

                var c = text[_at++];
                if (c == quote)
                {
                    break;
                }

                result.Append(c == '\\' ? Escaped() : c);
            }
        }
        while (!IsAtEnd() && IsQuote());

        return result.ToString();
    }

    /// <summary>What stands between brackets in a text format's key: an extension's name or a type's address.</summary>
    public string Bracketed()
    {
        Require('[');
        var end = text.IndexOf(']', _at, Math.Min(text.Length - _at, Limits.MaxSchemaProtobufNameChars));
        if (end < 0)
        {
            throw Fault("expected ']'");
        }

        var name = text[_at..end].Trim();
        if (name.Length == 0 || !name.All(c => IsWord(c) || c == '/'))
        {
            throw Fault("expected a name between '[' and ']'");
        }

        _at = end + 1;
        return $"[{name}]";
    }

    public ProtoFault Fault(string message)
    {
        var (line, column) = (1, 1);
        for (var i = 0; i < Math.Min(_at, text.Length); i++)
        {
            (line, column) = text[i] == '\n' ? (line + 1, 1) : (line, column + 1);
        }

        return new ProtoFault($"Syntax error in :{line}:{column}: {message}");
    }

    public static string Excerpt(string text) => text.Length <= ExcerptChars ? text : text[..ExcerptChars] + "...";

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.';

    private string Cut(int start, string what)
    {
        if (_at == start)
        {
            throw Fault(_at < text.Length ? $"expected {what} but was '{text[_at]}'" : "unexpected end of file");
        }

        return _at - start <= Limits.MaxSchemaProtobufNameChars
            ? text[start.._at]
            : throw Fault($"a name of more than {Limits.MaxSchemaProtobufNameChars} characters");
    }

    private char Escaped()
    {
        if (_at >= text.Length)
        {
            throw Fault("unterminated string");
        }

        var c = text[_at++];
        switch (c)
        {
            case 'a':
                return '\a';
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'v':
                return '\v';
            case 'x' or 'X':
                return Digits(16, 2);
            case >= '0' and <= '7':
                _at--;
                return Digits(8, 3);
            default:
                return c;
        }
    }

    private char Digits(int radix, int most)
    {
        var (value, count) = (0, 0);
        while (count < most && _at < text.Length && char.IsAsciiHexDigit(text[_at]))
        {
            var digit = Convert.ToInt32(text[_at].ToString(), 16);
            if (digit >= radix)
            {
                break;
            }

            value = (value * radix) + digit;
            count++;
            _at++;
        }

        return count > 0 ? (char)value : throw Fault("expected a digit after \\x or \\X");
    }

    private void Skip()
    {
        while (_at < text.Length)
        {
            switch (text[_at])
            {
                case ' ' or '\t' or '\r' or '\n' or '\f' or '\v':
                    _at++;
                    break;
                case '/' when _at + 1 < text.Length && text[_at + 1] == '/':
                    var end = text.IndexOf('\n', _at);
                    _at = end < 0 ? text.Length : end + 1;
                    break;
                case '/' when _at + 1 < text.Length && text[_at + 1] == '*':
                    var close = text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
                    _at = close < 0 ? throw Fault("unterminated comment") : close + 2;
                    break;
                case '/':
                    throw Fault("unexpected '/'");
                default:
                    return;
            }
        }
    }
}

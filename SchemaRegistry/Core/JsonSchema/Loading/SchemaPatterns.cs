using System.Text.RegularExpressions;
using Kernel;

namespace SchemaRegistry.Core.JsonSchema.Loading;

/// <summary>
/// The regular expressions of schemas. They are written for Java's or ECMAScript's dialect; what is an error in all dialects is refused, and
/// what only this platform does not know is kept. Matching takes linear time: expressions that would need to go back (look-around, back-references)
/// match nothing.
/// </summary>
internal sealed class SchemaPatterns
{
    private const int StepsToCompile = 1000;
    private const int StepsToMatch = 2;
    private const int CharsCubedPerStep = 1600;

    private readonly Dictionary<string, Regex?> _compiled = new(StringComparer.Ordinal);

    /// <summary>
    /// What is wrong with an expression in every dialect, or null. Expressions after the first <see cref="Limits.MaxSchemaJsonPatterns"/> are not
    /// looked at.
    /// </summary>
    public string? Fault(string pattern)
    {
        if (!MayLookAt(pattern) || !_compiled.TryAdd(pattern, null))
        {
            return null;
        }

        // \Q quotes and && intersects in Java alone, and so both change what a bracket means.
        if (pattern.Contains("\\Q", StringComparison.Ordinal) || pattern.Contains("&&", StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            _ = new Regex(pattern, RegexOptions.CultureInvariant);
            return null;
        }
        catch (RegexParseException e) when (e.Error is RegexParseError.InsufficientClosingParentheses
            or RegexParseError.InsufficientOpeningParentheses
            or RegexParseError.UnterminatedBracket
            or RegexParseError.UnescapedEndingBackslash
            or RegexParseError.QuantifierAfterNothing)
        {
            return $"the regular expression {pattern} is invalid: {e.Error}";
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Whether the expression is found in the text (Java's find). False for one that is not understood, and when the cost is not granted.</summary>
    /// <param name="spend">Told of the cost before it is paid, in steps of about half a microsecond.</param>
    public bool IsFound(string pattern, string text, Func<int, bool> spend)
    {
        if (pattern.Length > Limits.MaxSchemaJsonPatternChars)
        {
            return false;
        }

        // An automaton has about as many parts as the expression has characters; in the worst case each character of the text makes a new set of them.
        var square = (long)pattern.Length * pattern.Length;
        if (!_compiled.TryGetValue(pattern, out var regex))
        {
            if (!spend((int)(StepsToCompile + (square / 4))))
            {
                return false;
            }

            regex = Compile(pattern);
            _compiled.Add(pattern, regex);
        }

        return regex is not null && spend((int)Math.Min(StepsToMatch + (square * text.Length / CharsCubedPerStep), int.MaxValue)) && regex.IsMatch(text);
    }

    private static Regex? Compile(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private bool MayLookAt(string pattern) => pattern.Length <= Limits.MaxSchemaJsonPatternChars && _compiled.Count < Limits.MaxSchemaJsonPatterns;
}

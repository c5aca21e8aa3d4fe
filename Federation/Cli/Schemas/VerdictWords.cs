using System.Globalization;

namespace Federation.Cli.Schemas;

/// <summary>One thing that is in the way of a schema.</summary>
/// <param name="Type">The registry's name for it; null for a text of another kind, as a parser's.</param>
internal sealed record CheckFinding(string? Type, string Message)
{
    /// <summary>With what the language adds, where the message does not say it.</summary>
    public static CheckFinding Of(string? type, string message, string? detail) =>
        new(type, detail is { Length: > 0 } && !message.Contains(detail, StringComparison.Ordinal) ? $"{message} ({detail})" : message);
}

/// <summary>
/// What the messages of a compatibility check say. They are texts that look like JSON and are none, with quotes that differ by language; a
/// message of another form is kept as it is.
/// </summary>
/// <param name="Version">The earlier version that is in the way.</param>
/// <param name="Level">The level that was checked at; it ends every verdict but that on an invalid schema.</param>
internal sealed record VerdictWords(CheckFinding[] Findings, int? Version, string? Level)
{
    private const string ErrorType = "{errorType:";
    private const string Description = "description:";
    private const string AdditionalInfo = ", additionalInfo:";
    private const string OldVersion = "{oldSchemaVersion: ";
    private const string OldSchema = "{oldSchema: ";
    private const string Settings = "{validateFields: ";
    private const string Compatibility = "compatibility: '";

    public static VerdictWords Of(IEnumerable<string> messages)
    {
        var findings = new List<CheckFinding>();
        int? version = null;
        string? level = null;
        foreach (var message in messages)
        {
            if (message.StartsWith(ErrorType, StringComparison.Ordinal))
            {
                findings.Add(Finding(message));
            }
            else if (message.StartsWith(OldVersion, StringComparison.Ordinal))
            {
                var digits = message.AsSpan(OldVersion.Length).TrimEnd('}');
                version = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
            }
            else if (message.StartsWith(Settings, StringComparison.Ordinal))
            {
                var at = message.IndexOf(Compatibility, StringComparison.Ordinal);
                level = at < 0 ? null : message[(at + Compatibility.Length)..].TrimEnd('}', '\'');
            }
            else if (!message.StartsWith(OldSchema, StringComparison.Ordinal))
            {
                findings.Add(new CheckFinding(null, message));
            }
        }

        return new VerdictWords([.. findings], version, level);
    }

    private static string Unquoted(string text) => text.TrimEnd('}').Trim('\'', '"');

    private static CheckFinding Finding(string message)
    {
        var type = message[ErrorType.Length..].Split(',')[0].Trim('\'', '"');
        var at = message.IndexOf(Description, StringComparison.Ordinal);
        if (at < 0)
        {
            return new CheckFinding(null, message);
        }

        var end = message.LastIndexOf(AdditionalInfo, StringComparison.Ordinal);
        var text = message[(at + Description.Length)..(end > at ? end : message.Length)];
        return CheckFinding.Of(type, Unquoted(text), end > at ? Unquoted(message[(end + AdditionalInfo.Length)..]) : null);
    }
}

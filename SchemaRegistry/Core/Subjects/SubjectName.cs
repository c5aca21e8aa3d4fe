namespace SchemaRegistry.Core.Subjects;

/// <summary>
/// A subject within its context, written <c>:.context:subject</c>, or plainly where the context is the default one. An empty subject names the
/// context itself, as settings and search prefixes do.
/// </summary>
/// <param name="Context">With its leading dot; "." is the default context.</param>
/// <param name="Subject">Without the context.</param>
public readonly record struct SubjectName(string Context, string Subject)
{
    public const string DefaultContext = ".";

    /// <summary>Holds the settings of all contexts together.</summary>
    public const string GlobalContext = ".__GLOBAL";

    /// <summary>The settings of all contexts together, as a name.</summary>
    public static readonly SubjectName Global = new(GlobalContext, "");

    private const string ReservedGlobal = "__GLOBAL";
    private const string ReservedEmpty = "__EMPTY";

    public bool IsContextOnly => Subject.Length == 0;

    public bool IsInDefaultContext => Context == DefaultContext;

    /// <summary>Reads a name as a client writes it. Every text is a name of some kind; <see cref="IsValid"/> says whether schemas may live there.</summary>
    public static SubjectName Parse(string text)
    {
        if (!text.StartsWith(":.", StringComparison.Ordinal))
        {
            return new(DefaultContext, text);
        }

        var end = text.IndexOf(':', 1);
        return end < 0 ? new(text[1..], "") : new(text[1..end], text[(end + 1)..]);
    }

    /// <summary>Reads a name that another schema uses: without a context of its own it is in the other's.</summary>
    public static SubjectName ParseWithin(string text, string context) =>
        text.StartsWith(":.", StringComparison.Ordinal) ? Parse(text) : new(context, text);

    /// <summary>Whether schemas may be registered under the name.</summary>
    public bool IsValid =>
        Subject.Length is > 0 and <= Kernel.Limits.MaxSchemaSubjectChars && Subject is not (ReservedGlobal or ReservedEmpty)
        && Context != GlobalContext && IsPrintable(Subject) && IsValidContext(Context);

    /// <summary>Whether settings may be stored under the name: a subject, a context or all contexts.</summary>
    public bool IsValidForSettings =>
        IsContextOnly ? IsValidContext(Context) : IsValid;

    /// <summary>Whether a context may have the name: a dot, then no colon and no control character.</summary>
    public static bool IsValidContext(string context) =>
        context.Length is > 0 and <= Kernel.Limits.MaxSchemaSubjectChars && context[0] == '.' && !context.Contains(':') && IsPrintable(context);

    public override string ToString() => IsInDefaultContext ? Subject : $":{Context}:{Subject}";

    private static bool IsPrintable(string text)
    {
        foreach (var unit in text)
        {
            if (char.IsControl(unit))
            {
                return false;
            }
        }

        return true;
    }
}

namespace Federation.Cli.Schemas;

/// <summary>Names of subjects and contexts as the REST API writes them: `:.context:subject`, or plainly in the default context.</summary>
internal static class SubjectText
{
    public const string DefaultContext = ".";

    /// <summary>Holds the settings of all contexts together.</summary>
    public const string Global = ":.__GLOBAL:";

    /// <summary>Search prefix for all contexts.</summary>
    public const string AllContexts = ":*:";

    /// <summary>A context's name with its dot, from "name", ".name", ":.name:".</summary>
    public static string Context(string text)
    {
        var name = text.Trim(':');
        name = name.StartsWith('.') ? name : "." + name;
        return name.Contains(':') ? throw new CliException($"'{text}' is not a context", ExitCode.Usage) : name;
    }

    /// <summary>The context that a name is in.</summary>
    public static string ContextOf(string subject)
    {
        if (!subject.StartsWith(":.", StringComparison.Ordinal))
        {
            return DefaultContext;
        }

        var end = subject.IndexOf(':', 1);
        return end < 0 ? subject[1..] : subject[1..end];
    }

    /// <summary>The name without its context; empty for a context's own name.</summary>
    public static string NameOf(string subject)
    {
        if (!subject.StartsWith(":.", StringComparison.Ordinal))
        {
            return subject;
        }

        var end = subject.IndexOf(':', 1);
        return end < 0 ? "" : subject[(end + 1)..];
    }

    /// <summary>A name that has no context of its own, in another one.</summary>
    public static string Within(string subject, string? context) =>
        context is null or DefaultContext || subject.StartsWith(":.", StringComparison.Ordinal) ? subject : $":{context}:{subject}";

    /// <summary>
    /// What the registry is asked to list: names that begin so, in the context that the prefix itself names, else in one, else in all of them.
    /// </summary>
    public static string Search(string? prefix, string? context)
    {
        if (prefix is null || !(prefix.StartsWith(":.", StringComparison.Ordinal) || prefix.StartsWith(AllContexts, StringComparison.Ordinal)))
        {
            return (context is null ? AllContexts : $":{context}:") + prefix;
        }

        if (context is null)
        {
            return prefix;
        }

        // A context without its second colon is where the names of others may begin, too.
        return !prefix.StartsWith(":.", StringComparison.Ordinal) || ContextOf(prefix) != context
            ? throw new CliException($"--prefix {prefix} names another context than --context {context}", ExitCode.Usage)
            : $":{context}:{NameOf(prefix)}";
    }

    /// <summary>A name in another context, whatever its own is.</summary>
    public static string Moved(string subject, string context) => Within(NameOf(subject), context);

    /// <summary>A name as a segment of a path. Addresses are read without segments of dots alone, escaped or not, so such a name takes its context.</summary>
    public static string Segment(string subject) => Uri.EscapeDataString(subject is "." or ".." ? $":{DefaultContext}:{subject}" : subject);

    /// <summary>Reads "subject:version". Without a version the whole is the subject.</summary>
    public static (string Subject, string? Version) WithVersion(string text)
    {
        var at = text.LastIndexOf(':');
        if (at <= 0 || text[(at + 1)..] is not { Length: > 0 } version)
        {
            return (text, null);
        }

        // ":.context:7" is a subject named 7.
        var isVersion = version == "latest" || version.All(char.IsAsciiDigit);
        return isVersion && !(text.StartsWith(":.", StringComparison.Ordinal) && text.IndexOf(':', 1) == at) ? (text[..at], version) : (text, null);
    }
}

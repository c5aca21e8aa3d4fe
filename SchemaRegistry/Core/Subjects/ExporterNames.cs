namespace SchemaRegistry.Core.Subjects;

/// <summary>
/// Decides which subjects an exporter copies, and under which names, by its settings alone. Made of settings that were found to mean something, and to
/// be within their bounds; does not change.
/// </summary>
public sealed class ExporterNames
{
    /// <summary>What stands for the subject's name in the format of new names.</summary>
    public const string SubjectPlace = "${subject}";

    private readonly Exporter _exporter;
    private readonly string _tenant;
    private readonly SubjectPatterns _subjects;

    public ExporterNames(Exporter exporter, string tenant)
    {
        _exporter = exporter;
        _tenant = tenant;
        _subjects = new SubjectPatterns(exporter.Subjects);
    }

    /// <summary>
    /// Whether some copy would be copied in turn if it came into the registry that it is of: there the copies of copies had no end. Names are judged
    /// by what the settings say alone, whichever subjects there are.
    /// </summary>
    public bool CoversCopies
    {
        get
        {
            var inDefaultContext = new SubjectPatterns(_exporter.Subjects.Where(static pattern => !NamesContext(pattern)));
            return _exporter.Subjects.Select(CopiesOf).Any(copies => copies is { } some && some.Meet(some.IsInDefaultContext ? inDefaultContext : _subjects));
        }
    }

    /// <summary>A context's name with its dot.</summary>
    public static string Dotted(string context) => context.StartsWith('.') ? context : "." + context;

    /// <summary>Whether a subject is copied.</summary>
    public bool Covers(SubjectName subject) => _subjects.Covers(subject.ToString());

    /// <summary>A subject's name at the other registry.</summary>
    public SubjectName NameOf(SubjectName subject) => NameOf(subject, _exporter.RenameFormat);

    /// <summary>Whose mode must be IMPORT for a subject: its whole context where that belongs to the exporter, else the subject alone.</summary>
    public SubjectName ImportScope(SubjectName target) => _exporter.ContextType is "AUTO" or "CUSTOM" ? new(target.Context, "") : target;

    private SubjectName NameOf(SubjectName subject, string? renameFormat)
    {
        var renamed = renameFormat is { } format ? format.Replace(SubjectPlace, subject.Subject, StringComparison.Ordinal) : subject.Subject;
        var below = subject.IsInDefaultContext ? "" : subject.Context;
        return _exporter.ContextType switch
        {
            "AUTO" => new(Dotted(_tenant) + below, renamed),
            "CUSTOM" => new(Dotted(_exporter.Context!) + below, renamed),
            "DEFAULT" => new(SubjectName.DefaultContext, renamed),
            _ => new(subject.Context, renamed),
        };
    }

    private static bool NamesContext(string text) => text.StartsWith(":.", StringComparison.Ordinal);

    /// <summary>Null where there are none: no registry like this one takes a name that is too long.</summary>
    private CopiedNames? CopiesOf(string pattern)
    {
        var isOpen = pattern.EndsWith('*');
        var text = isOpen ? pattern[..^1] : pattern;
        if (isOpen && (text is "" or ":" || NamesContext(text) && text.IndexOf(':', 1) < 0))
        {
            // Subjects of several contexts, or of all.
            return _exporter.ContextType switch
            {
                "AUTO" => new($":{Dotted(_tenant)}{text.TrimStart(':')}", IsOpen: true),
                "CUSTOM" => new($":{Dotted(_exporter.Context!)}{text.TrimStart(':')}", IsOpen: true),
                "DEFAULT" => new("", IsOpen: true, IsInDefaultContext: _exporter.RenameFormat?.StartsWith(':') != true),
                _ => new(text, IsOpen: true),
            };
        }

        // What follows the name is not known where only the name's beginning is.
        var subject = SubjectName.Parse(text);
        var format = _exporter.RenameFormat;
        if (isOpen && format is not null)
        {
            format = format[..(format.IndexOf(SubjectPlace, StringComparison.Ordinal) + SubjectPlace.Length)];
        }

        // A format may name the subject a hundred times: what that makes of a thousand long names is not worth making.
        var growth = format is null ? 0 : format.AsSpan().Count(SubjectPlace) * (subject.Subject.Length - SubjectPlace.Length);
        if (format?.Length + growth > Kernel.Limits.MaxSchemaSubjectChars)
        {
            return null;
        }

        // Whatever the settings call it: the other registry goes by how the name begins. A subject may be named ":a", or become ":.c:a".
        var copy = NameOf(subject, format).ToString();
        return new(copy, isOpen, IsInDefaultContext: copy.Length > 1 ? !NamesContext(copy) : copy.Length == 0 && _exporter.ContextType == "DEFAULT");
    }

    /// <summary>Names of copies: one, or all that begin so.</summary>
    private readonly record struct CopiedNames(string Text, bool IsOpen, bool IsInDefaultContext = false)
    {
        /// <summary>Whether patterns of subjects may cover one of them.</summary>
        public bool Meet(SubjectPatterns patterns) => IsOpen ? patterns.CoverSomeWith(Text) : patterns.Covers(Text);
    }
}

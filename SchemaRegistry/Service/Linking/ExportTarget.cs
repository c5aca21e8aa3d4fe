using System.Net.Http.Headers;
using System.Text;
using SchemaRegistry.Core.Subjects;

namespace SchemaRegistry.Service.Linking;

/// <summary>What an exporter's settings mean: which subjects it copies, where to, and under which names. Pure.</summary>
internal sealed class ExportTarget
{
    /// <summary>The setting that says where to.</summary>
    public const string UrlSetting = "schema.registry.url";
    private const string UserSetting = "basic.auth.user.info";
    private const string TokenSetting = "bearer.auth.token";
    private const string SubjectPlace = "${subject}";

    private readonly Exporter _exporter;
    private readonly string _tenant;

    /// <summary>Throws <see cref="RegistryException"/> 40951 for settings that mean nothing.</summary>
    public ExportTarget(Exporter exporter, string tenant)
    {
        _exporter = exporter;
        _tenant = tenant;
        var text = exporter.Config.GetValueOrDefault(UrlSetting)?.Split(',')[0].Trim();
        Url = Uri.TryCreate(text?.TrimEnd('/') + "/", UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url
            : throw ExporterErrors.BadConfig($"{UrlSetting} is no http or https address");
        if (exporter.ContextType is not ("AUTO" or "CUSTOM" or "NONE" or "DEFAULT"))
        {
            throw ExporterErrors.BadConfig($"contextType '{exporter.ContextType}' is none of AUTO, CUSTOM, NONE and DEFAULT");
        }

        if (exporter.ContextType == "CUSTOM" && (string.IsNullOrEmpty(exporter.Context) || !SubjectName.IsValidContext(Dotted(exporter.Context))))
        {
            throw ExporterErrors.BadConfig("a CUSTOM contextType needs a context");
        }

        if (exporter.RenameFormat is { } format && !format.Contains(SubjectPlace, StringComparison.Ordinal))
        {
            throw ExporterErrors.BadConfig($"subjectRenameFormat needs {SubjectPlace}");
        }

        foreach (var setting in (string[])[UserSetting, TokenSetting])
        {
            // They become a header: a line break is a file's last one, and no header has other than ASCII.
            if (exporter.Config.GetValueOrDefault(setting) is { } secret
                && (secret.Any(char.IsControl) || setting == TokenSetting && !Ascii.IsValid(secret)))
            {
                throw ExporterErrors.BadConfig($"{setting} has a line break or another character that no header may have");
            }
        }

        Authorization = exporter.Config.GetValueOrDefault(UserSetting) is { Length: > 0 } user
            ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(user)))
            : exporter.Config.GetValueOrDefault(TokenSetting) is { Length: > 0 } token ? new AuthenticationHeaderValue("Bearer", token) : null;
    }

    /// <summary>The other registry, ending with a slash.</summary>
    public Uri Url { get; }

    public AuthenticationHeaderValue? Authorization { get; }

    /// <summary>Settings as they may be shown: without secrets.</summary>
    public static IReadOnlyDictionary<string, string> Shown(Exporter exporter) => exporter.Config.ToDictionary(
        pair => pair.Key, pair => pair.Key is UserSetting or TokenSetting || pair.Key.Contains("password", StringComparison.Ordinal) ? "[hidden]" : pair.Value);

    /// <summary>Whether a subject is copied.</summary>
    public bool Covers(SubjectName subject)
    {
        var name = subject.ToString();
        foreach (var pattern in _exporter.Subjects)
        {
            if (pattern == "*" || pattern == name
                || pattern.EndsWith('*') && name.StartsWith(pattern.AsSpan(0, pattern.Length - 1), StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Whether some copy would be copied in turn if it came into the registry that it is of: there the copies of copies had no end. Names are judged
    /// by what the settings say alone, whichever subjects there are.
    /// </summary>
    public bool CoversCopies => _exporter.Subjects.Select(CopiesOf).Any(copies => _exporter.Subjects.Any(copies.Meet));

    /// <summary>A subject's name at the other registry.</summary>
    public SubjectName NameOf(SubjectName subject) => NameOf(subject, _exporter.RenameFormat);

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

    /// <summary>Whose mode must be IMPORT for a subject: its whole context where that belongs to the exporter, else the subject alone.</summary>
    public SubjectName ImportScope(SubjectName target) => _exporter.ContextType is "AUTO" or "CUSTOM" ? new(target.Context, "") : target;

    private CopiedNames CopiesOf(string pattern)
    {
        var isOpen = pattern.EndsWith('*');
        var text = isOpen ? pattern[..^1] : pattern;
        if (isOpen && (text.Length == 0 || text[0] == ':' && text.IndexOf(':', 1) < 0))
        {
            // Subjects of several contexts, or of all.
            return _exporter.ContextType switch
            {
                "AUTO" => new($":{Dotted(_tenant)}{text.TrimStart(':')}", IsOpen: true),
                "CUSTOM" => new($":{Dotted(_exporter.Context!)}{text.TrimStart(':')}", IsOpen: true),
                "DEFAULT" => new("", IsOpen: true, IsInDefaultContext: true),
                _ => new(text, IsOpen: true),
            };
        }

        // What follows the name is not known where only the name's beginning is.
        var format = _exporter.RenameFormat;
        var copy = NameOf(SubjectName.Parse(text), isOpen && format is not null
            ? format[..(format.IndexOf(SubjectPlace, StringComparison.Ordinal) + SubjectPlace.Length)]
            : format);
        return new(copy.ToString(), isOpen, copy.IsInDefaultContext);
    }

    /// <summary>Names of copies: one, or all that begin so.</summary>
    private readonly record struct CopiedNames(string Text, bool IsOpen, bool IsInDefaultContext = false)
    {
        /// <summary>Whether a pattern of subjects may cover one of them.</summary>
        public bool Meet(string pattern)
        {
            if (IsInDefaultContext && pattern.StartsWith(':'))
            {
                return false;
            }

            var isOpen = pattern.EndsWith('*');
            var begin = isOpen ? pattern[..^1] : pattern;
            return Text == begin || isOpen && Text.StartsWith(begin, StringComparison.Ordinal) || IsOpen && begin.StartsWith(Text, StringComparison.Ordinal);
        }
    }

    private static string Dotted(string context) => context.StartsWith('.') ? context : "." + context;
}

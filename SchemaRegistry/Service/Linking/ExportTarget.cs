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

    /// <summary>A subject's name at the other registry.</summary>
    public SubjectName NameOf(SubjectName subject)
    {
        var renamed = _exporter.RenameFormat is { } format ? format.Replace(SubjectPlace, subject.Subject, StringComparison.Ordinal) : subject.Subject;
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

    private static string Dotted(string context) => context.StartsWith('.') ? context : "." + context;
}

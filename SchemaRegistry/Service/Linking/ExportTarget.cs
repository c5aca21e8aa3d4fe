using System.Net.Http.Headers;
using System.Text;
using SchemaRegistry.Core.Subjects;

namespace SchemaRegistry.Service.Linking;

/// <summary>What an exporter's settings mean: which subjects it copies, where to, and under which names. Pure; does not change.</summary>
internal sealed class ExportTarget
{
    /// <summary>The setting that says where to.</summary>
    public const string UrlSetting = "schema.registry.url";
    private const string UserSetting = "basic.auth.user.info";
    private const string TokenSetting = "bearer.auth.token";

    /// <summary>Throws <see cref="RegistryException"/> 40951 or 40952 for settings that mean nothing, or are too many.</summary>
    public ExportTarget(Exporter exporter, string tenant)
    {
        ExporterBounds.Check(exporter);
        var text = exporter.Config.GetValueOrDefault(UrlSetting)?.Split(',')[0].Trim();
        Url = Uri.TryCreate(text?.TrimEnd('/') + "/", UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? url
            : throw ExporterErrors.BadConfig($"{UrlSetting} is no http or https address");
        if (exporter.ContextType is not ("AUTO" or "CUSTOM" or "NONE" or "DEFAULT"))
        {
            throw ExporterErrors.BadConfig($"contextType '{exporter.ContextType}' is none of AUTO, CUSTOM, NONE and DEFAULT");
        }

        if (exporter.ContextType == "CUSTOM" && (string.IsNullOrEmpty(exporter.Context) || !SubjectName.IsValidContext(ExporterNames.Dotted(exporter.Context))))
        {
            throw ExporterErrors.BadConfig("a CUSTOM contextType needs a context");
        }

        if (exporter.RenameFormat is { } format && !format.Contains(ExporterNames.SubjectPlace, StringComparison.Ordinal))
        {
            throw ExporterErrors.BadConfig($"subjectRenameFormat needs {ExporterNames.SubjectPlace}");
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

        Names = new ExporterNames(exporter, tenant);
        Authorization = exporter.Config.GetValueOrDefault(UserSetting) is { Length: > 0 } user
            ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(user)))
            : exporter.Config.GetValueOrDefault(TokenSetting) is { Length: > 0 } token ? new AuthenticationHeaderValue("Bearer", token) : null;
    }

    /// <summary>What is copied, and as what.</summary>
    public ExporterNames Names { get; }

    /// <summary>The other registry, ending with a slash.</summary>
    public Uri Url { get; }

    public AuthenticationHeaderValue? Authorization { get; }

    /// <summary>Settings as they may be shown: without secrets.</summary>
    public static IReadOnlyDictionary<string, string> Shown(Exporter exporter) => exporter.Config.ToDictionary(
        pair => pair.Key, pair => pair.Key is UserSetting or TokenSetting || pair.Key.Contains("password", StringComparison.Ordinal) ? "[hidden]" : pair.Value);
}

using SchemaRegistry.Core.Languages;
using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Service.Http;

namespace SchemaRegistry.Service.Api;

/// <summary>/compatibility: what registering a schema would say, without registering it.</summary>
internal static class CompatibilityApi
{
    /// <summary>Against one version, in the directions of the subject's level.</summary>
    public static async ValueTask<Answer> WithVersion(Call call)
    {
        var request = await RequestBodies.SchemaAsync(call, RequestBodies.TooLong(call));
        var version = VersionId.Parse(call.Value(1));
        var name = call.ResolvedSubject();
        var subject = call.Image.Subject(name);
        if (version.IsLatest)
        {
            return Check(call, name, request, subject?.Latest is { } latest ? [latest] : []);
        }

        var one = subject?.Versions.GetValueOrDefault(version.Number);
        return one is null or { IsDeleted: true }
            ? throw new RegistryException(RegistryError.VersionNotFound(version.ToString()))
            : Check(call, name, request, [one]);
    }

    /// <summary>Against all versions that the subject's level asks for.</summary>
    public static async ValueTask<Answer> WithAll(Call call)
    {
        var request = await RequestBodies.SchemaAsync(call, RequestBodies.TooLong(call));
        var name = call.ResolvedSubject();
        return Check(call, name, request, earlier: null);
    }

    private static Answer Check(Call call, SubjectName name, SchemaRequest request, IReadOnlyList<StoredSchema>? earlier)
    {
        var ledger = call.Registry.Ledger;
        var image = call.Image;
        var isVerbose = call.Flag("verbose");
        var config = image.EffectiveConfig(name, ledger.Settings.DefaultLevel);
        try
        {
            request = SchemaLookup.WithText(image, name, request);
            var rules = new ParseRules(config.ValidateNewSchemas ?? true);
            var candidate = ledger.Parser.Parse(image, name.Context, request, call.Flag("normalize") || config.Normalize == true, rules);
            var versions = earlier ?? CompatibilityCheck.Earlier(image.Subject(name), config, candidate.Metadata);
            return Verdict(CompatibilityCheck.Problems(image, ledger.Parser, candidate, versions, config), isVerbose);
        }
        catch (RegistryException invalid) when (isVerbose && invalid.Error.Code == 42201)
        {
            return Verdict([invalid.Error.Message], isVerbose);
        }
    }

    private static Answer Verdict(IReadOnlyList<string> problems, bool isVerbose) => Answer.Object(writer =>
    {
        writer.WriteBoolean("is_compatible"u8, problems.Count == 0);
        if (isVerbose && problems.Count > 0)
        {
            writer.WriteStartArray("messages"u8);
            foreach (var problem in problems)
            {
                writer.WriteStringValue(problem);
            }

            writer.WriteEndArray();
        }
    });
}

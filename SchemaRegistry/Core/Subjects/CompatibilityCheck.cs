using Kernel;
using SchemaRegistry.Core.Languages;
using SchemaRegistry.Core.Subjects.Contracts;

namespace SchemaRegistry.Core.Subjects;

/// <summary>Compares a new schema with earlier versions as the settings ask, and says what is wrong in the API's words.</summary>
public static class CompatibilityCheck
{
    private const string New = "new";
    private const string Old = "old";

    /// <summary>The versions that a new schema of the subject has to be compared with: newest first, of its compatibility group.</summary>
    public static IEnumerable<StoredSchema> Earlier(SubjectImage? subject, RegistryConfig config, SchemaMetadata? metadata)
    {
        var versions = subject?.LiveNewestFirst ?? [];
        return string.IsNullOrEmpty(config.Group)
            ? versions
            : versions.Where(version => version.Metadata?.Property(config.Group) == metadata?.Property(config.Group));
    }

    /// <summary>
    /// What keeps the candidate from being compatible, ending with the settings that say so; empty when it is. Stops at the first version that fails.
    /// </summary>
    /// <param name="earlier">Newest first.</param>
    /// <param name="config">Effective settings.</param>
    public static IReadOnlyList<string> Problems(
        RegistryImage image, SchemaParser parser, Candidate candidate, IEnumerable<StoredSchema> earlier, RegistryConfig config)
    {
        var level = config.Level ?? CompatibilityLevel.Backward;
        var problems = new List<string>();
        if (level == CompatibilityLevel.None)
        {
            return problems;
        }

        StoredSchema[] versions = level.IsTransitive() ? [.. earlier] : [.. earlier.Take(1)];
        if (config.ValidateFields == true && versions.Length > 0)
        {
            problems.AddRange(ReservedFields.Problems(parser.Language(candidate.Type), candidate, versions[0]));
        }

        if (versions.Any(version => version.Type != candidate.Type))
        {
            problems.Add("Incompatible because of different schema type");
        }
        else
        {
            foreach (var version in versions)
            {
                var before = problems.Count;
                Compare(image, parser, candidate, version, config, level, problems);
                if (problems.Count > before)
                {
                    break;
                }
            }
        }

        if (problems.Count > 0)
        {
            problems.Add($"{{validateFields: '{(config.ValidateFields == true ? "true" : "false")}', compatibility: '{level.Name()}'}}");
        }

        return problems;
    }

    private static void Compare(
        RegistryImage image, SchemaParser parser, Candidate candidate, StoredSchema version, RegistryConfig config, CompatibilityLevel level,
        List<string> problems)
    {
        var old = parser.Parse(image, version);
        var policy = config.Policy == "LENIENT" ? CompatibilityPolicy.Lenient : CompatibilityPolicy.Strict;
        var language = parser.Language(candidate.Type);
        var first = problems.Count;
        if (level.IsForward())
        {
            Add(language.Compare(old, candidate.Parsed, policy), Old, New);
        }

        if (level.IsBackward())
        {
            // In both directions only the second block is followed by the old schema.
            first = problems.Count;
            Add(language.Compare(candidate.Parsed, old, policy), New, Old);
        }

        if (problems.Count > first)
        {
            problems.Add($"{{oldSchemaVersion: {version.Version}}}");
            problems.Add(version.Text.Length > Limits.MaxSchemaCharsInMessage
                ? $"{{oldSchema: <truncated> '{version.Text[..Limits.MaxSchemaCharsInMessage]}...'}}"
                : $"{{oldSchema: '{version.Text}'}}");
        }

        void Add(IReadOnlyList<Finding> findings, string reader, string writer)
        {
            foreach (var finding in findings)
            {
                if (!finding.IsCompatible)
                {
                    problems.Add(language.Describe(finding, reader, writer));
                }
            }
        }
    }
}

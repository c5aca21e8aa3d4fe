using System.Globalization;

namespace SchemaRegistry.Core.Subjects;

/// <summary>A version as a path names it: a number from 1, or the latest.</summary>
/// <param name="Number">From 1; 0 for the latest.</param>
public readonly record struct VersionId(int Number)
{
    public bool IsLatest => Number == 0;

    /// <summary>Reads a number from 1 to 2^31-1, "latest" or "-1". Throws <see cref="RegistryException"/> 42202.</summary>
    public static VersionId Parse(string text)
    {
        if (string.Equals(text, "latest", StringComparison.OrdinalIgnoreCase) || text == "-1")
        {
            return default;
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= 1
            ? new VersionId(number)
            : throw new RegistryException(RegistryError.InvalidVersion(text));
    }

    /// <summary>The version of a subject. Throws <see cref="RegistryException"/> 40401 and 40402.</summary>
    /// <param name="withDeleted">Softly deleted versions count too.</param>
    public StoredSchema Find(RegistryImage image, SubjectName name, bool withDeleted)
    {
        var subject = image.Subject(name);
        if (subject is null || !withDeleted && subject.Latest is null)
        {
            throw new RegistryException(RegistryError.SubjectNotFound(name.ToString()));
        }

        var schema = IsLatest ? withDeleted ? subject.Versions[subject.HighestVersion] : subject.Latest : subject.Versions.GetValueOrDefault(Number);
        return schema is null || schema.IsDeleted && !withDeleted ? throw new RegistryException(RegistryError.VersionNotFound(ToString())) : schema;
    }

    public override string ToString() => IsLatest ? "latest" : Number.ToString(CultureInfo.InvariantCulture);
}

namespace SchemaRegistry.Core.Subjects.Contracts;

/// <summary>A schema's use of another registered one.</summary>
/// <param name="Name">As the schema's text uses it.</param>
/// <param name="Subject">As the client wrote it: without a context it is in the context of the schema that refers.</param>
/// <param name="Version">From 1; -1 is the latest one, which is resolved before the schema is stored.</param>
public sealed record SchemaReference(string Name, string Subject, int Version)
{
    public const int Latest = -1;
}

/// <summary>A version of a subject, by its qualified name.</summary>
public readonly record struct SchemaKey(string Subject, int Version) : IComparable<SchemaKey>
{
    public int CompareTo(SchemaKey other)
    {
        var bySubject = string.CompareOrdinal(Subject, other.Subject);
        return bySubject != 0 ? bySubject : Version.CompareTo(other.Version);
    }
}

using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Core.Subjects.Contracts;
using SchemaRegistry.Core.Subjects.Records;
using SchemaRegistry.Service.Log;

namespace SchemaRegistry.Service.Linking;

/// <summary>
/// Which schemas a part of a log is about: what an exporter that goes on has to look at again. Of schemas that were removed for good the log tells
/// as long as compaction keeps the records that removed them (delete.retention.ms, a day); an exporter that stood still for longer is reset.
/// </summary>
/// <param name="Keys">Versions with records of their own.</param>
/// <param name="Removed">Those among them that were removed for good, whether or not others have their numbers now.</param>
/// <param name="Scopes">Subjects and contexts that one record changed as a whole; other registries write such.</param>
internal sealed record ChangedSchemas(IReadOnlySet<SchemaKey> Keys, IReadOnlySet<SchemaKey> Removed, IReadOnlySet<SubjectName> Scopes)
{
    public bool Contains(SchemaKey key)
    {
        if (Keys.Contains(key))
        {
            return true;
        }

        var name = Scopes.Count == 0 ? default : SubjectName.Parse(key.Subject);
        return Scopes.Count > 0 && (Scopes.Contains(name) || Scopes.Contains(new SubjectName(name.Context, "")));
    }

    /// <summary>Reads a log, which is opened for it, from one offset to another. Throws as the log does.</summary>
    public static async Task<ChangedSchemas> BetweenAsync(ISchemaLog log, long from, long end, CancellationToken cancel)
    {
        var keys = new HashSet<SchemaKey>();
        var removed = new HashSet<SchemaKey>();
        var scopes = new HashSet<SubjectName>();
        await log.OpenAsync(cancel);
        while (from < end)
        {
            var page = await log.ReadAsync(from, cancel);
            foreach (var read in page.Records)
            {
                switch (RecordCodec.Decode(read.Key, read.Value, read.TimestampMs))
                {
                    case SchemaRecord schema:
                        var key = new SchemaKey(SubjectName.Parse(schema.Subject).ToString(), schema.Version);
                        keys.Add(key);
                        if (schema.Schema is null)
                        {
                            removed.Add(key);
                        }

                        break;
                    case DeleteSubjectRecord delete:
                        scopes.Add(SubjectName.Parse(delete.Subject));
                        break;
                    case ClearSubjectRecord clear:
                        scopes.Add(SubjectName.Parse(clear.Subject));
                        break;
                }
            }

            from = page.Next;
        }

        return new ChangedSchemas(keys, removed, scopes);
    }
}

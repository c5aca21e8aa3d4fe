using System.Globalization;
using System.Text.Json;
using Kernel;
using SchemaRegistry.Core.Languages;
using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Core.Subjects.Contracts;
using SchemaRegistry.Service.Http;
using SchemaRegistry.Service.Tenants;

namespace SchemaRegistry.Service.Api;

/// <summary>/schemas: schemas by id, by GUID and in lists.</summary>
internal static class SchemasApi
{
    private static readonly byte[] Types = "[\"JSON\",\"PROTOBUF\",\"AVRO\"]"u8.ToArray();

    public static ValueTask<Answer> TypeNames(Call call) => new(Answer.Ok(Types));

    public static ValueTask<Answer> List(Call call)
    {
        var withDeleted = call.Flag("deleted");
        var latestOnly = call.Flag("latestOnly");
        var ruleType = call.Query("ruleType");
        var aliases = call.Flag("aliases") ? AliasesOf(call.Image) : null;
        var schemas = SubjectPrefix.Of(call).In(call.Image)
            .Where(subject => call.MayRead(subject.Name))
            .SelectMany(subject => Shown(subject, withDeleted, latestOnly))
            .Where(schema => string.IsNullOrEmpty(ruleType) || HasRule(schema, ruleType));
        var shape = SchemaAnswers.Shape.Of(call);
        return new(Answer.List(Affordable(call, call.Page(schemas, Limits.MaxSchemaListEntries), shape), (writer, schema) =>
        {
            writer.WriteStartObject();
            SchemaAnswers.WriteVersion(writer, schema, shape, SchemaAnswers.TextOf(call, schema, shape.Format));
            if (aliases?.GetValueOrDefault(schema.Subject) is { } names)
            {
                ContractsJson.WriteTexts(writer, "aliases", names);
            }

            writer.WriteEndObject();
        }, Limits.MaxSchemaListBytes));
    }

    public static ValueTask<Answer> ById(Call call)
    {
        var (schema, context) = Find(call);
        var shape = SchemaAnswers.Shape.Of(call);
        int? maxId = call.Flag("fetchMaxId") ? context.HighestId : null;
        if (!shape.IsPlain || maxId is not null)
        {
            return new(Answer.Object(writer => SchemaAnswers.WriteById(writer, schema, shape, SchemaAnswers.TextOf(call, schema, shape.Format), maxId)));
        }

        return new(Answer.Ok(Encoded(schema, shape.IsFull)));
    }

    /// <summary>The answer for a schema by id as most ask for it, encoded once.</summary>
    public static byte[] Encoded(StoredSchema schema, bool isFull)
    {
        var memo = schema.Memo as EncodedAnswers;
        if (memo is null)
        {
            memo = new EncodedAnswers();
            schema.Memo = memo;
        }

        return isFull ? memo.Full ??= Encode(schema, isFull: true) : memo.Plain ??= Encode(schema, isFull: false);
    }

    public static ValueTask<Answer> TextById(Call call) =>
        new(Answer.Text(SchemaAnswers.TextOf(call, Find(call).Schema, SchemaAnswers.Shape.Of(call).Format)));

    public static ValueTask<Answer> SubjectsOfId(Call call) =>
        new(Answer.Texts(call.Page(VersionsOf(call).Select(schema => schema.Subject).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))));

    public static ValueTask<Answer> VersionsOfId(Call call) =>
        new(Answer.List(call.Page(VersionsOf(call).OrderBy(schema => schema.Key)), static (writer, schema) =>
        {
            writer.WriteStartObject();
            writer.WriteString("subject"u8, schema.Subject);
            writer.WriteNumber("version"u8, schema.Version);
            writer.WriteEndObject();
        }));

    public static ValueTask<Answer> ByGuid(Call call)
    {
        var schema = WithGuid(call).Select(context => call.Image.Context(context.Name).Schema(context.Id)!).First();
        var shape = SchemaAnswers.Shape.Of(call);
        return new(Answer.Object(writer => SchemaAnswers.WriteById(writer, schema, shape, SchemaAnswers.TextOf(call, schema, shape.Format), null)));
    }

    public static ValueTask<Answer> IdsOfGuid(Call call) => new(Answer.List(WithGuid(call), static (writer, found) =>
    {
        writer.WriteStartObject();
        writer.WriteString("context"u8, found.Name);
        writer.WriteNumber("id"u8, found.Id);
        writer.WriteEndObject();
    }));

    private static byte[] Encode(StoredSchema schema, bool isFull) => Answer.Encode(writer =>
    {
        writer.WriteStartObject();
        SchemaAnswers.WriteById(writer, schema, new SchemaAnswers.Shape(isFull, null, false), schema.Text, null);
        writer.WriteEndObject();
    });

    /// <summary>The beginning of a page, which has one schema at least: in another form each is parsed with all that it refers to, however short it is.</summary>
    private static IEnumerable<StoredSchema> Affordable(Call call, IEnumerable<StoredSchema> page, SchemaAnswers.Shape shape)
    {
        long parsed = 0;
        foreach (var schema in page)
        {
            yield return schema;
            parsed += shape.Format is null ? 0 : SchemaParser.CharsOf(call.Image, schema);
            if (parsed >= Limits.MaxSchemaListBytes)
            {
                yield break;
            }
        }
    }

    private static IEnumerable<StoredSchema> Shown(SubjectImage subject, bool withDeleted, bool latestOnly)
    {
        if (!latestOnly)
        {
            return subject.Versions.Values.Where(schema => withDeleted || !schema.IsDeleted);
        }

        return withDeleted ? [subject.Versions[subject.HighestVersion]] : subject.Latest is { } latest ? [latest] : [];
    }

    private static bool HasRule(StoredSchema schema, string type) => schema.Rules is { } rules
        && (rules.Migration.Any(rule => rule.Type == type) || rules.Domain.Any(rule => rule.Type == type) || rules.Encoding.Any(rule => rule.Type == type));

    private static Dictionary<string, List<string>> AliasesOf(RegistryImage image)
    {
        var aliases = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var (alias, config) in image.Configs)
        {
            if (!string.IsNullOrEmpty(config.Alias))
            {
                var target = SubjectName.ParseWithin(config.Alias, SubjectName.Parse(alias).Context).ToString();
                if (!aliases.TryGetValue(target, out var names))
                {
                    aliases[target] = names = [];
                }

                names.Add(alias);
            }
        }

        return aliases;
    }

    /// <summary>
    /// The schema with the id of the path. The subject that a client names says in which context to look; an id that the default context does
    /// not have is looked for in the tenant's other ones.
    /// </summary>
    private static (StoredSchema Schema, ContextImage Context) Find(Call call)
    {
        var id = call.Number(0);
        var hint = Hint(call);
        var home = call.Image.Context(hint?.Context ?? SubjectName.DefaultContext);
        if (In(home) is { } here)
        {
            return (here, home);
        }

        if (home.Name == SubjectName.DefaultContext)
        {
            foreach (var context in call.Image.Contexts.Values)
            {
                if (context.Name != home.Name && In(context) is { } there)
                {
                    return (there, context);
                }
            }
        }

        throw new RegistryException(RegistryError.SchemaNotFound(id.ToString(CultureInfo.InvariantCulture)));

        StoredSchema? In(ContextImage context)
        {
            if (!context.Ids.TryGetValue(id, out var versions))
            {
                return null;
            }

            var inSubject = hint is { IsContextOnly: false } subject ? versions.LastOrDefault(version => version.Subject == subject.ToString()) : null;
            return (inSubject ?? Readable(call, context, id)) is { } schema && call.MayRead(schema.Subject)
                ? schema
                : throw new RegistryException(HttpErrors.Forbidden(Operations.Name(RegistryOperation.SubjectRead), ""));
        }
    }

    /// <summary>The subject or context that a client names, or the one it is an alias for; null without.</summary>
    private static SubjectName? Hint(Call call) =>
        call.QualifiedQuery("subject") is { Length: > 0 } text ? call.Image.Resolve(SubjectName.Parse(text)) : null;

    /// <summary>Who may read any subject that has the id may read the id.</summary>
    private static StoredSchema? Readable(Call call, ContextImage context, int id) =>
        call.Rights.AllowsAll ? context.Schema(id) : context.Ids[id].FirstOrDefault(version => call.MayRead(version.Subject));

    private static IEnumerable<StoredSchema> VersionsOf(Call call)
    {
        var (schema, context) = Find(call);
        var withDeleted = call.Flag("deleted");
        var hint = Hint(call);
        return context.Ids[schema.Id].Where(version => (withDeleted || !version.IsDeleted) && call.MayRead(version.Subject)
            && (hint is null || hint.Value.IsContextOnly || version.Subject == hint.Value.ToString()));
    }

    private static List<(string Name, int Id)> WithGuid(Call call)
    {
        var found = new List<(string Name, int Id)>();
        if (Guid.TryParse(call.Value(0), out var guid))
        {
            foreach (var context in call.Image.Contexts.Values)
            {
                foreach (var type in (ReadOnlySpan<SchemaType>)[SchemaType.Avro, SchemaType.Protobuf, SchemaType.Json])
                {
                    if (context.Guids.TryGetValue((guid, type), out var id) && Readable(call, context, id) is not null)
                    {
                        found.Add((context.Name, id));
                    }
                }
            }
        }

        return found.Count > 0 ? found : throw new RegistryException(RegistryError.SchemaNotFound(call.Value(0)));
    }

    private sealed class EncodedAnswers
    {
        public byte[]? Plain { get; set; }
        public byte[]? Full { get; set; }
    }
}

using SchemaRegistry.Core.Languages;
using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Service.Http;

namespace SchemaRegistry.Service.Api;

/// <summary>/subjects: versions of subjects, read, registered and deleted.</summary>
internal static class SubjectsApi
{
    public static ValueTask<Answer> List(Call call)
    {
        var deletedOnly = call.Flag("deletedOnly");
        var withDeleted = call.Flag("deleted") || deletedOnly;
        var names = SubjectPrefix.Of(call).In(call.Image)
            .Where(subject => call.MayRead(subject.Name) && (deletedOnly ? subject.Latest is null : withDeleted || subject.Latest is not null))
            .Select(subject => subject.Name);
        return new(Answer.Texts(call.Page(names)));
    }

    public static ValueTask<Answer> Versions(Call call)
    {
        var name = call.ResolvedSubject();
        var deletedOnly = call.Flag("deletedOnly");
        var deletedAsNegative = call.Flag("deletedAsNegative");
        var withDeleted = call.Flag("deleted") || deletedOnly || deletedAsNegative;
        var subject = call.Image.Subject(name);
        if (subject is null || !withDeleted && subject.Latest is null)
        {
            throw new RegistryException(RegistryError.SubjectNotFound(name.ToString()));
        }

        var versions = subject.Versions.Values
            .Where(schema => deletedOnly ? schema.IsDeleted : withDeleted || !schema.IsDeleted)
            .Select(schema => deletedAsNegative && schema.IsDeleted ? -schema.Version : schema.Version);
        return new(Answer.Numbers(call.Page(versions)));
    }

    public static ValueTask<Answer> Version(Call call)
    {
        var schema = FindVersion(call);
        var shape = SchemaAnswers.Shape.Of(call);
        return new(Answer.Object(writer => SchemaAnswers.WriteVersion(writer, schema, shape, SchemaAnswers.TextOf(call, schema, shape.Format))));
    }

    public static ValueTask<Answer> VersionText(Call call)
    {
        var schema = FindVersion(call);
        return new(Answer.Text(SchemaAnswers.TextOf(call, schema, SchemaAnswers.Shape.Of(call).Format)));
    }

    public static ValueTask<Answer> ReferencedBy(Call call)
    {
        var schema = FindVersion(call, withDeleted: true);
        var withDeleted = call.Flag("deleted");
        var ids = new SortedSet<int>();
        foreach (var key in call.Image.Referrers.GetValueOrDefault(schema.Key) ?? [])
        {
            if (call.Image.Schema(key) is { } referrer && (withDeleted || !referrer.IsDeleted))
            {
                ids.Add(referrer.Id);
            }
        }

        return new(Answer.Numbers(call.Page(ids)));
    }

    /// <summary>The newest version whose metadata have all the properties asked for.</summary>
    public static ValueTask<Answer> WithMetadata(Call call)
    {
        var name = call.ResolvedSubject();
        var withDeleted = call.Flag("deleted");
        var subject = call.Image.Subject(name);
        if (subject is null || !withDeleted && subject.Latest is null)
        {
            throw new RegistryException(RegistryError.SubjectNotFound(name.ToString()));
        }

        var wanted = call.QueryAll("key").Zip(call.QueryAll("value")).ToArray();
        var schema = subject.Versions.Values.Reverse().FirstOrDefault(version => (withDeleted || !version.IsDeleted)
            && wanted.All(pair => version.Metadata?.Property(pair.First ?? "") == pair.Second))
            ?? throw new RegistryException(RegistryError.SchemaNotFound());
        var shape = SchemaAnswers.Shape.Of(call);
        return new(Answer.Object(writer => SchemaAnswers.WriteVersion(writer, schema, shape, SchemaAnswers.TextOf(call, schema, shape.Format))));
    }

    public static async ValueTask<Answer> LookUp(Call call)
    {
        var request = await RequestBodies.SchemaAsync(call, RequestBodies.TooLong(call));
        var name = call.ResolvedSubject();
        var withDeleted = call.Flag("deleted");
        var subject = call.Image.Subject(name);
        if (subject is null || !withDeleted && subject.Latest is null)
        {
            throw new RegistryException(RegistryError.SubjectNotFound(name.ToString()));
        }

        var ledger = call.Registry.Ledger;
        var config = call.Image.EffectiveConfig(name, ledger.Settings.DefaultLevel);
        request = SchemaLookup.WithText(call.Image, name, request);
        var candidate = ledger.Parser.Parse(call.Image, name.Context, request, call.Flag("normalize") || config.Normalize == true, ParseRules.Lookup);
        var schema = SchemaLookup.Find(call.Image, ledger.Parser, name, candidate, withDeleted)
            ?? throw new RegistryException(RegistryError.SchemaNotFound());
        var shape = SchemaAnswers.Shape.Of(call);
        return Answer.Object(writer => SchemaAnswers.WriteVersion(writer, schema, shape, SchemaAnswers.TextOf(call, schema, shape.Format)));
    }

    public static async ValueTask<Answer> Register(Call call)
    {
        // Most registrations are of what is there already: serializers ask at each start.
        var request = await RequestBodies.SchemaAsync(call, RegistryError.TooLarge());
        if (Existing(call, request) is { } existing)
        {
            return existing;
        }

        var command = new RegisterSchema(call.Subject().ToString(), request, call.Flag("normalize"), call.Flag("force"));
        var (reply, offset) = await call.WriteAsync<RegistryReply.Registered>(command);
        return Registered(call, reply.Schema, offset);
    }

    /// <summary>The answer to a registration of what is there already; null for anything else.</summary>
    public static async ValueTask<Answer?> AlreadyRegistered(Call call) => Existing(call, await RequestBodies.SchemaAsync(call, RegistryError.TooLarge()));

    public static async ValueTask<Answer> Tag(Call call)
    {
        var tags = await RequestBodies.TagsAsync(call);
        var (reply, offset) = await call.WriteAsync<RegistryReply.Registered>(new TagSchema(call.Subject().ToString(), call.Value(1), tags));
        return Registered(call, reply.Schema, offset);
    }

    public static async ValueTask<Answer> Delete(Call call)
    {
        var (reply, offset) = await call.WriteAsync<RegistryReply.Deleted>(new DeleteSubject(call.Subject().ToString(), call.Flag("permanent")));
        return Answer.Numbers(reply.Versions) with { Offset = offset };
    }

    public static async ValueTask<Answer> DeleteVersion(Call call)
    {
        var command = new DeleteVersion(call.Subject().ToString(), call.Value(1), call.Flag("permanent"));
        var (reply, offset) = await call.WriteAsync<RegistryReply.Deleted>(command);
        return Answer.Ok(Answer.Encode(writer => writer.WriteNumberValue(reply.Versions[0]))) with { Offset = offset };
    }

    /// <summary>All softly deleted versions live again. Ours, not Confluent's.</summary>
    public static async ValueTask<Answer> Undelete(Call call)
    {
        var (reply, offset) = await call.WriteAsync<RegistryReply.Undeleted>(new Undelete(call.Subject().ToString(), null, call.Flag("force")));
        return Answer.Numbers(reply.Versions) with { Offset = offset };
    }

    /// <summary>One softly deleted version live again. Ours, not Confluent's.</summary>
    public static async ValueTask<Answer> UndeleteVersion(Call call)
    {
        var command = new Undelete(call.Subject().ToString(), call.Value(1), call.Flag("force"));
        var (reply, offset) = await call.WriteAsync<RegistryReply.Undeleted>(command);
        return Answer.Ok(Answer.Encode(writer => writer.WriteNumberValue(reply.Versions[0]))) with { Offset = offset };
    }

    private static Answer? Existing(Call call, SchemaRequest request)
    {
        var name = call.ResolvedSubject();
        if (!call.Subject().IsValid || !name.IsValid || request.Rules is not null || string.IsNullOrEmpty(request.Text))
        {
            return null;
        }

        var ledger = call.Registry.Ledger;
        var normalize = call.Flag("normalize") || call.Image.EffectiveConfig(name, ledger.Settings.DefaultLevel).Normalize == true;
        return SchemaLookup.Existing(call.Image, ledger.Parser, name, request, normalize) is { } schema
            ? Registered(call, schema, call.Registry.Applied - 1)
            : null;
    }

    private static Answer Registered(Call call, StoredSchema schema, long offset)
    {
        var shape = SchemaAnswers.Shape.Of(call);
        var text = shape is { IsFull: true, Format: not null } && call.Registry.Image.Schema(schema.Key) is not null
            ? call.Registry.Ledger.Parser.Parse(call.Registry.Image, schema).Format(shape.Format) ?? schema.Text
            : schema.Text;
        return Answer.Object(writer => SchemaAnswers.WriteRegistered(writer, schema, shape, text)) with { Offset = offset };
    }

    private static StoredSchema FindVersion(Call call, bool withDeleted = false)
    {
        var version = VersionId.Parse(call.Value(1));
        return version.Find(call.Image, call.ResolvedSubject(), withDeleted || call.Flag("deleted"));
    }
}

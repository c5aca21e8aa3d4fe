using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Service.Http;

namespace SchemaRegistry.Service.Api;

/// <summary>Which subjects a list is about: those of one context, or of all (":*:"), whose names begin in some way.</summary>
/// <param name="Context">Null for all contexts.</param>
/// <param name="Subject">How the name within the context begins.</param>
internal readonly record struct SubjectPrefix(string? Context, string Subject)
{
    private const string AllContexts = ":*:";

    public static SubjectPrefix Of(Call call) => Parse(call.QualifiedQuery("subjectPrefix") ?? AllContexts);

    public static SubjectPrefix Parse(string text)
    {
        if (text.StartsWith(AllContexts, StringComparison.Ordinal))
        {
            return new(null, text[AllContexts.Length..]);
        }

        var name = SubjectName.Parse(text);
        return new(name.Context, name.Subject);
    }

    public IEnumerable<SubjectImage> In(RegistryImage image)
    {
        if (Context is not null)
        {
            var context = Context;
            return image.SubjectsFrom(new SubjectName(context, Subject).ToString())
                .Where(subject => SubjectName.Parse(subject.Name).Context == context);
        }

        var prefix = Subject;
        return prefix.Length == 0
            ? image.Subjects.Values
            : image.Subjects.Values.Where(subject => SubjectName.Parse(subject.Name).Subject.StartsWith(prefix, StringComparison.Ordinal));
    }
}

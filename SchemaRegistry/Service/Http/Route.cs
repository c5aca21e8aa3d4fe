using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Service.Tenants;

namespace SchemaRegistry.Service.Http;

/// <summary>Answers the requests of one endpoint.</summary>
internal delegate ValueTask<Answer> Endpoint(Call call);

/// <summary>One endpoint of the API.</summary>
/// <param name="Pattern">Segments; those in braces take any text and are numbered in their order.</param>
/// <param name="Operation">The right it takes on a subject, or at all where it names none.</param>
/// <param name="Unchanged">Answers a write that would change nothing, so that it need not be forwarded; null when there is something to write.</param>
/// <param name="Subject">Which place of the path names the subject that the right is about; -1 for none.</param>
internal sealed record Route(
    string Method, string Pattern, RegistryOperation Operation, int Subject, Endpoint Endpoint, Func<Call, ValueTask<Answer?>>? Unchanged = null)
{
    private readonly string[] _segments = Pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>How many segments a path of this endpoint has.</summary>
    public int Length => _segments.Length;

    /// <summary>Changes something, so only who writes the tenant's log may answer it.</summary>
    public bool IsWrite => Operation is RegistryOperation.SubjectWrite or RegistryOperation.SubjectDelete or RegistryOperation.SubjectCompatibilityWrite
        or RegistryOperation.GlobalCompatibilityWrite or RegistryOperation.ExporterWrite;

    /// <summary>
    /// The right that it takes for a name. The settings of a context hold for all that is in it, those of <c>:.:</c> and <c>:.__GLOBAL:</c> for the whole
    /// registry, so a right on subjects is not enough for them.
    /// </summary>
    public RegistryOperation OperationOn(SubjectName name) => (Operation, name.IsContextOnly) switch
    {
        (RegistryOperation.SubjectCompatibilityRead, true) => RegistryOperation.GlobalCompatibilityRead,
        (RegistryOperation.SubjectCompatibilityWrite, true) => RegistryOperation.GlobalCompatibilityWrite,
        _ => Operation,
    };

    /// <summary>Goes to another registry while the mode is FORWARD. The mode itself does not, or there would be no way back.</summary>
    public bool IsForwarded => _segments is ["subjects" or "schemas" or "config" or "compatibility" or "contexts", ..];

    /// <summary>What it does with a subject happens to the one that an alias stands for, so the right has to be there for that one too.</summary>
    public bool FollowsAliases => Subject >= 0 && Pattern.Contains("subjects/", StringComparison.Ordinal);

    /// <summary>The texts of the places when the path is this endpoint's; null when it is not.</summary>
    public string[]? Match(string[] segments)
    {
        if (segments.Length != _segments.Length)
        {
            return null;
        }

        var places = 0;
        for (var i = 0; i < segments.Length; i++)
        {
            if (_segments[i][0] == '{')
            {
                places++;
            }
            else if (_segments[i] != segments[i])
            {
                return null;
            }
        }

        if (places == 0)
        {
            return [];
        }

        var values = new string[places];
        for (var i = segments.Length - 1; i >= 0; i--)
        {
            if (_segments[i][0] == '{')
            {
                values[--places] = segments[i];
            }
        }

        return values;
    }
}

using System.CommandLine;
using System.Net.Http.Headers;
using System.Text;

namespace Federation.Cli.Schemas;

/// <summary>Which registry `fed schema` speaks to, and as whom. The one place where that is decided.</summary>
internal static class RegistryAccess
{
    public const string AddressVariable = "FED_REGISTRY";
    private const string UserVariable = "FED_REGISTRY_USER";
    private const string TokenVariable = "FED_REGISTRY_TOKEN";

    // Behind a region's door stands its registry, or another region's while that one is away.
    private const string BehindTheDoor = "/registry";

    private static readonly Option<string?> Address = new("--registry")
    {
        Description = $"Address of the schema registry (or {AddressVariable}); without it the one behind --url, at {BehindTheDoor}",
        Recursive = true,
    };

    private static readonly Option<string?> User = new("--user")
    {
        Description = $"name:password for basic authentication. Others see command lines: better {UserVariable}",
        Recursive = true,
    };

    private static readonly Option<string?> Token = new("--token")
    {
        Description = $"Bearer token, better in {TokenVariable}",
        Recursive = true,
    };

    private static readonly Option<string?> Context = new("--context")
    {
        Description = "The context of subjects that are named without one; without it the default context",
        Recursive = true,
    };

    public static void AddTo(Command command)
    {
        command.Add(Address);
        command.Add(User);
        command.Add(Token);
        command.Add(Context);
    }

    /// <summary>Gives a command its action, with a client of the registry.</summary>
    public static Command Asks(this Command command, Func<SchemaSession, Task<int>> action) => command.Runs(async (parsed, cancel) =>
    {
        using var client = new RegistryClient(CommandTree.AddressOf(AddressText(parsed)), Authorization(parsed));
        var context = parsed.GetValue(Context) is { Length: > 0 } name ? SubjectText.Context(name) : null;
        return await action(new SchemaSession(client, parsed, context, cancel)).ConfigureAwait(false);
    });

    private static string AddressText(ParseResult parsed) =>
        parsed.GetValue(Address)
        ?? (Environment.GetEnvironmentVariable(AddressVariable) is { Length: > 0 } url ? url : CommandTree.UrlOf(parsed).TrimEnd('/') + BehindTheDoor);

    private static AuthenticationHeaderValue? Authorization(ParseResult parsed)
    {
        // No defaults of the options: --help shows those. What the command line says goes before what the environment says.
        var user = parsed.GetValue(User);
        var token = parsed.GetValue(Token) ?? (user is null ? Environment.GetEnvironmentVariable(TokenVariable) : null);
        if (!string.IsNullOrEmpty(token))
        {
            return new("Bearer", token);
        }

        user ??= Environment.GetEnvironmentVariable(UserVariable);
        return string.IsNullOrEmpty(user) ? null
            : user.Contains(':') ? new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(user)))
            : throw new CliException("--user: name:password is expected", ExitCode.Usage);
    }
}

/// <summary>One run of a command against a registry.</summary>
/// <param name="Context">Of --context, as ".name"; null without.</param>
internal sealed record SchemaSession(RegistryClient Registry, ParseResult Parsed, string? Context, CancellationToken Cancel)
{
    public TextWriter Out => Parsed.InvocationConfiguration.Output;

    public TextWriter Error => Parsed.InvocationConfiguration.Error;

    public string Format => CommandTree.FormatOf(Parsed);

    public bool IsJson => Format == Output.Json;

    /// <summary>A subject as the person wrote it, in the context of --context where it names none.</summary>
    public string Subject(string text) => SubjectText.Within(text, Context);

    /// <summary>One line to the person.</summary>
    public void Say(string text) => Error.WriteLine($"fed: {text}");
}

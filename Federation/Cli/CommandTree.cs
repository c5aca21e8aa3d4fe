using System.CommandLine;
using System.CommandLine.Help;
using Federation.Cli.Schemas;

namespace Federation.Cli;

/// <summary>All commands of `fed`, as a noun and a verb. `fed up` is the Standalone's and is dispatched by the script.</summary>
internal static class CommandTree
{
    private const string DefaultUrl = "http://127.0.0.1:8080";

    private static readonly Option<string> Url = new("--url")
    {
        Description = "Address of a region's HTTP door (or FED_URL)",
        Recursive = true,
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("FED_URL") is { Length: > 0 } url ? url : DefaultUrl,
    };

    private static readonly Option<string> Format = new("--output", "-o")
    {
        Description = "table or json",
        Recursive = true,
        DefaultValueFactory = _ => Output.Table,
    };

    // Options and arguments prepare themselves while the first line is parsed, which two threads (tests) must not see half done.
    private static readonly Lock Parsing = new();
    private static Command? _root;

    private static Command Build()
    {
        Format.AcceptOnlyFromAmong(Output.Table, Output.Json);

        // Not a RootCommand: that one is named after the file, which nobody types.
        return new Command("fed", $"Federation's command line; `fed up` runs regions in one process. {ExitCode.Help}")
        {
            new HelpOption(),
            new VersionOption(),
            Url,
            Format,
            TopicCommands.Build(),
            MirrorCommands.Build(),
            RegionCommands.Build(),
            SchemaCommands.Build(),
        };
    }

    /// <summary>Runs a command line; the code that the program ends with.</summary>
    public static async Task<int> RunAsync(string[] args, InvocationConfiguration? configuration = null)
    {
        ParseResult parsed;
        lock (Parsing)
        {
            parsed = (_root ??= Build()).Parse(args);
        }

        var code = await parsed.InvokeAsync(configuration).ConfigureAwait(false);
        return parsed.Errors.Count > 0 ? ExitCode.Usage : code;
    }

    /// <summary>Address of a region's HTTP door, as it was given.</summary>
    public static string UrlOf(ParseResult parsed) => parsed.GetValue(Url)!;

    /// <summary>table or json.</summary>
    public static string FormatOf(ParseResult parsed) => parsed.GetValue(Format)!;

    /// <summary>Gives a command its action: a client for the address, and errors told in one line.</summary>
    public static Command Does(this Command command, Func<ControlClient, ParseResult, string, CancellationToken, Task<int>> action) =>
        command.Runs(async (parsed, cancel) =>
        {
            using var client = new ControlClient(AddressOf(UrlOf(parsed)));
            return await action(client, parsed, parsed.GetValue(Format)!, cancel).ConfigureAwait(false);
        });

    /// <summary>Gives a command its action; errors are told in one line.</summary>
    public static Command Runs(this Command command, Func<ParseResult, CancellationToken, Task<int>> action)
    {
        command.SetAction(async (parsed, cancel) =>
        {
            try
            {
                return await action(parsed, cancel).ConfigureAwait(false);
            }
            catch (CliException e)
            {
                await parsed.InvocationConfiguration.Error.WriteLineAsync($"fed: {e.Message}").ConfigureAwait(false);
                return e.ExitCode;
            }
            catch (OperationCanceledException)
            {
                return ExitCode.Error;
            }
        });
        return command;
    }

    /// <summary>An http or https address. Throws <see cref="CliException"/> for anything else.</summary>
    public static Uri AddressOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new CliException($"'{text}' is not an http address", ExitCode.Usage);
}

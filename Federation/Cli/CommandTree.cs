using System.CommandLine;

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

    public static RootCommand Build()
    {
        Format.AcceptOnlyFromAmong(Output.Table, Output.Json);
        return new RootCommand($"Federation's command line. {ExitCode.Help}")
        {
            Url,
            Format,
            TopicCommands.Build(),
            MirrorCommands.Build(),
            RegionCommands.Build(),
        };
    }

    /// <summary>Gives a command its action: a client for the address, and errors told in one line.</summary>
    public static Command Does(this Command command, Func<ControlClient, ParseResult, string, CancellationToken, Task<int>> action)
    {
        command.SetAction(async (parsed, cancel) =>
        {
            try
            {
                var url = parsed.GetValue(Url)!;
                if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
                {
                    throw new CliException($"'{url}' is not an http address", ExitCode.Usage);
                }

                using var client = new ControlClient(address);
                return await action(client, parsed, parsed.GetValue(Format)!, cancel).ConfigureAwait(false);
            }
            catch (CliException e)
            {
                Output.Say($"fed: {e.Message}");
                return e.ExitCode;
            }
            catch (OperationCanceledException)
            {
                return ExitCode.Error;
            }
        });
        return command;
    }
}

using System.CommandLine;
using System.CommandLine.Help;
using System.Runtime.InteropServices;
using Broker.Node;
using Federation.Cli;
using Kernel.Ids;
using Microsoft.Extensions.Logging;

namespace Federation.Standalone;

/// <summary>`fed up`: reads what is asked, starts the federation, says where it is, and stops it on Ctrl+C or SIGTERM.</summary>
internal static class UpCommand
{
    public const int UsageError = 2;

    private static readonly Option<string> Regions = new("--regions")
    {
        Description = "The regions, separated by commas",
        DefaultValueFactory = _ => "eu,us",
    };

    private static readonly Option<string> Data = new("--data")
    {
        Description = "Where everything is kept",
        DefaultValueFactory = _ => ".federation",
    };

    private static readonly Option<int> PortOffset = new("--port-offset") { Description = "Added to every port", CustomParser = NumberOption.Read };

    private static readonly Option<string> Flush = new("--flush")
    {
        Description = "batch: on disk before the acknowledgement; os: handed to the system, as Apache Kafka's default",
        DefaultValueFactory = _ => "batch",
    };

    private static readonly Option<string[]> Set = new("--set") { Description = "A broker property of Kafka's, name=value, repeated" };

    private static readonly Option<string?> Tenants = new("--tenants")
    {
        Description = "File with the schema registry's tenants, credentials and rights; without it the registry is open to all",
    };

    private static readonly Option<bool> Verbose = new("--verbose") { Description = "More log lines" };

    public static Command Build()
    {
        Flush.AcceptOnlyFromAmong("batch", "os");
        var up = new Command("up", "Runs regions in one process: broker, gateway, link, schema registry and HTTP front door each")
        {
            Regions, Data, PortOffset, Flush, Set, Tenants, Verbose,
        };
        up.SetAction((parsed, cancel) => RunAsync(parsed, cancel));

        // Not a RootCommand: that one is named after the file, which nobody types.
        return new Command("fed", "Federation in one process. Exit codes: 0 stopped, 1 cannot start, 2 wrong options.")
        {
            new HelpOption(), new VersionOption(), up,
        };
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancel)
    {
        if (Read(parsed, out var wrong) is not { } options)
        {
            await Console.Error.WriteLineAsync($"fed up: {wrong}").ConfigureAwait(false);
            return UsageError;
        }

        using var loggers = LoggerFactory.Create(logging => logging
            .SetMinimumLevel(parsed.GetValue(Verbose) ? LogLevel.Debug : LogLevel.Information)
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("Grpc", LogLevel.Warning)
            .AddFilter("Yarp", LogLevel.Error)
            .AddSimpleConsole(line =>
            {
                line.SingleLine = true;
                line.TimestampFormat = "HH:mm:ss.fff ";
            })
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var onTerm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);

        // The first one ends everything in order, also a start that is under way; a second one ends the process at once.
        void Stop(PosixSignalContext context)
        {
            context.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }

        try
        {
            await using var federation = await FederationHost.StartAsync(options, loggers, stop.Token).ConfigureAwait(false);
            Console.Out.WriteLine(federation.Describe());
            await Task.Delay(Timeout.Infinite, stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Console.Out.WriteLine("stopping");
        }
        catch (Exception e) when (e is BrokerStartException or FederationStartException)
        {
            await Console.Error.WriteLineAsync($"fed up: {e.Message}").ConfigureAwait(false);
            return e is FederationStartException { IsWrongOption: true } ? UsageError : 1;
        }
        catch (OperationCanceledException)
        {
            // Stopped while starting.
        }

        return 0;
    }

    private static UpOptions? Read(ParseResult parsed, out string wrong)
    {
        wrong = "";
        var names = parsed.GetValue(Regions)!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (names.Length == 0 || names.Length > Kernel.Limits.MaxRegions || names.Distinct().Count() != names.Length)
        {
            wrong = $"--regions takes 1 to {Kernel.Limits.MaxRegions} different names, separated by commas";
            return null;
        }

        if (names.FirstOrDefault(n => !RegionId.IsLegal(n)) is { } illegal)
        {
            wrong = $"'{illegal}' is not a region's name: 1 to 32 of a-z, 0-9 and '-', beginning with a letter";
            return null;
        }

        if (string.IsNullOrWhiteSpace(parsed.GetValue(Data)))
        {
            wrong = "--data takes a folder";
            return null;
        }

        var offset = parsed.GetValue(PortOffset);
        if (!new Ports(0, offset).AreLegal || !new Ports(names.Length - 1, offset).AreLegal)
        {
            wrong = $"--port-offset {offset}: that makes no ports for {names.Length} regions";
            return null;
        }

        var properties = new Dictionary<string, string>();
        foreach (var pair in parsed.GetValue(Set) ?? [])
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0)
            {
                wrong = $"--set {pair}: name=value is expected";
                return null;
            }

            properties[pair[..at]] = pair[(at + 1)..];
        }

        return new UpOptions
        {
            Regions = [.. names.Select(n => new RegionId(n))],
            DataFolder = Path.GetFullPath(parsed.GetValue(Data)!),
            PortOffset = offset,
            Flush = parsed.GetValue(Flush) == "os" ? FlushMode.Os : FlushMode.Batch,
            Properties = properties,
            TenantsFile = parsed.GetValue(Tenants) is { } file ? Path.GetFullPath(file) : null,
        };
    }
}

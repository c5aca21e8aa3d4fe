using System.Globalization;
using System.Net;
using Broker.Node.Listening;

namespace Broker.Node;

/// <summary>The broker's command line. Parsed by hand: a dozen options need no package, and a native binary stays small.</summary>
internal sealed class BrokerCommandLine
{
    /// <summary>What `--help` prints.</summary>
    public const string Help = """
        Usage: broker --data DIR [options]

          --data DIR               where everything is kept; one process at a time
          --listen HOST:PORT[,…]   where to listen (default 127.0.0.1:9092); port 0 takes a free one
          --advertise HOST:PORT[,…]  what clients are told, one for each listener (default: where it listens)
          --node-id N              the broker's id (default 1)
          --cluster-id ID          the cluster's id (default: what the directory says, or a new one)
          --rack R                 the broker's rack, as the region's name
          --region-slot N          number of the region, from 0: producer ids of different regions never meet
          --flush batch|os         when a record counts as written: on disk (default), or handed to the system
          --metrics HOST:PORT      serve metrics in Prometheus' text format over HTTP
          --set NAME=VALUE         a broker property by Kafka's name; may be repeated
          --verbose                log debug lines too
          --help                   this text

        The line "READY host:port cluster-id" on standard output says that the broker serves. Log lines go to standard error.
        SIGTERM and SIGINT stop it gracefully. Exit codes: 0 stopped, 1 could not start or failed, 2 bad command line.
        """;

    private readonly List<Listener> _listeners = [];
    private readonly Dictionary<string, string> _properties = new(StringComparer.Ordinal);
    private string? _listen;
    private string? _advertise;

    private BrokerCommandLine()
    {
    }

    /// <summary>`--help` was given: nothing else counts.</summary>
    public bool WantsHelp { get; private set; }

    /// <summary>`--verbose` was given.</summary>
    public bool IsVerbose { get; private set; }

    /// <summary>Where metrics are served; null: nowhere.</summary>
    public IPEndPoint? Metrics { get; private set; }

    /// <summary>The broker's options, without logger.</summary>
    public BrokerOptions Options { get; private set; } = new() { DataDirectory = "", Listeners = [] };

    /// <summary>Reads the arguments. False, with a text for people, when they cannot be.</summary>
    public static bool TryParse(IReadOnlyList<string> arguments, out BrokerCommandLine line, out string problem)
    {
        line = new BrokerCommandLine();
        problem = "";
        for (var i = 0; i < arguments.Count; i++)
        {
            var name = arguments[i];
            string? value = null;
            if (name.StartsWith("--", StringComparison.Ordinal) && name.IndexOf('=') is > 0 and var equals)
            {
                (name, value) = (name[..equals], name[(equals + 1)..]);
            }

            if (name is "--help" or "-h")
            {
                line.WantsHelp = true;
                return true;
            }

            if (name == "--verbose")
            {
                line.IsVerbose = true;
                continue;
            }

            if (value is null && ++i >= arguments.Count)
            {
                problem = $"{name} needs a value.";
                return false;
            }

            if (line.Take(name, value ?? arguments[i]) is { } why)
            {
                problem = why;
                return false;
            }
        }

        problem = line.Complete() ?? "";
        return problem.Length == 0;
    }

    private string? Take(string name, string value)
    {
        switch (name)
        {
            case "--data":
                Options = Options with { DataDirectory = Path.GetFullPath(value) };
                return null;
            case "--listen":
                _listen = value;
                return null;
            case "--advertise":
                _advertise = value;
                return null;
            case "--node-id":
                return TryNumber(name, value, out var node) ?? With(Options with { NodeId = node });
            case "--cluster-id":
                return With(Options with { ClusterId = value });
            case "--rack":
                return With(Options with { Rack = value });
            case "--region-slot":
                return TryNumber(name, value, out var slot) ?? With(Options with { RegionSlot = slot });
            case "--flush":
                return value switch
                {
                    "batch" => With(Options with { Flush = FlushMode.Batch }),
                    "os" => With(Options with { Flush = FlushMode.Os }),
                    _ => $"--flush is batch or os, not '{value}'.",
                };
            case "--metrics":
                var problem = TryEndPoint(value, out var endPoint);
                Metrics = endPoint;
                return problem;
            case "--set":
                var equals = value.IndexOf('=');
                if (equals <= 0)
                {
                    return $"--set needs NAME=VALUE, not '{value}'.";
                }

                return _properties.TryAdd(value[..equals], value[(equals + 1)..]) ? null : $"--set {value[..equals]} is given twice.";
            default:
                return $"Unknown option '{name}'.";
        }
    }

    private string? Complete()
    {
        if (Options.DataDirectory.Length == 0)
        {
            return "--data is needed.";
        }

        var binds = (_listen ?? "127.0.0.1:9092").Split(',', StringSplitOptions.TrimEntries);
        var advertised = _advertise?.Split(',', StringSplitOptions.TrimEntries);
        if (advertised is not null && advertised.Length != binds.Length)
        {
            return $"--advertise names {advertised.Length} endpoints, --listen {binds.Length}.";
        }

        for (var i = 0; i < binds.Length; i++)
        {
            if (TryEndPoint(binds[i], out var bind) is { } problem)
            {
                return problem;
            }

            var (host, port) = (bind!.Address.ToString(), 0);
            if (advertised is not null && !TrySplit(advertised[i], out host, out port))
            {
                return $"'{advertised[i]}' is not HOST:PORT.";
            }

            _listeners.Add(new Listener(i == 0 ? "PLAINTEXT" : $"PLAINTEXT{i + 1}", bind, host, port));
        }

        Options = Options with { Listeners = _listeners, Properties = _properties };
        return null;
    }

    private string? With(BrokerOptions options)
    {
        Options = options;
        return null;
    }

    private static string? TryNumber(string name, string value, out int number)
        => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out number) ? null : $"{name} needs a number from 0, not '{value}'.";

    private static string? TryEndPoint(string text, out IPEndPoint? endPoint)
    {
        endPoint = null;
        if (!TrySplit(text, out var host, out var port))
        {
            return $"'{text}' is not HOST:PORT.";
        }

        if (!IPAddress.TryParse(host == "localhost" ? "127.0.0.1" : host, out var address))
        {
            return $"'{host}' is not an address to listen on; write a number or localhost.";
        }

        endPoint = new IPEndPoint(address, port);
        return null;
    }

    private static bool TrySplit(string text, out string host, out int port)
    {
        var colon = text.LastIndexOf(':');
        host = colon > 0 ? text[..colon].Trim('[', ']') : "";
        port = 0;
        return host.Length > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= IPEndPoint.MaxPort;
    }
}

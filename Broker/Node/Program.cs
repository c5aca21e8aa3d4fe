using System.Net.Sockets;
using System.Runtime.InteropServices;
using Broker.Node;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

const int Stopped = 0;
const int Failed = 1;
const int BadCommandLine = 2;

if (!BrokerCommandLine.TryParse(args, out var line, out var problem))
{
    Console.Error.WriteLine($"{problem}\nTry --help.");
    return BadCommandLine;
}

if (line.WantsHelp)
{
    Console.Out.WriteLine(BrokerCommandLine.Help);
    return Stopped;
}

using var logs = LoggerFactory.Create(builder => builder
    .SetMinimumLevel(line.IsVerbose ? LogLevel.Debug : LogLevel.Information)
    .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace) // the ready line has standard output for itself
    .AddSimpleConsole(console =>
    {
        console.SingleLine = true;
        console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        console.UseUtcTimestamp = true;
        console.ColorBehavior = LoggerColorBehavior.Disabled;
    }));

var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);

try
{
    await using var node = await BrokerNode.StartAsync(line.Options with { Logger = logs.CreateLogger("broker") });
    using var metrics = line.Metrics is { } endPoint ? MetricsEndpoint.Start(endPoint, () => MetricsOf(node)) : null;
    Console.Out.WriteLine($"READY {node.EndPoints[0]} {node.ClusterId}");
    await stop.Task;
    await node.StopAsync();
    return Stopped;
}
catch (Exception e) when (e is BrokerStartException or SocketException)
{
    Console.Error.WriteLine(e.Message);
    return Failed;
}

void Stop(PosixSignalContext context)
{
    // A second signal ends the process at once.
    context.Cancel = stop.TrySetResult();
}

static string MetricsOf(BrokerNode node)
{
    using var writer = new StringWriter();
    node.WriteMetrics(writer);
    return writer.ToString();
}

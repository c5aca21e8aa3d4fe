using System.CommandLine;
using Federation.Standalone;

var parsed = UpCommand.Build().Parse(args);

// The command handles the signals itself: what runs is closed in order, which takes as long as it takes.
var code = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null }).ConfigureAwait(false);
return parsed.Errors.Count > 0 ? UpCommand.UsageError : code;

using Federation.Cli;

var parsed = CommandTree.Build().Parse(args);
var code = await parsed.InvokeAsync().ConfigureAwait(false);
return parsed.Errors.Count > 0 ? ExitCode.Usage : code;

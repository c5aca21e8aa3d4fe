using Federation.Standalone;

var parsed = UpCommand.Build().Parse(args);
var code = await parsed.InvokeAsync().ConfigureAwait(false);
return parsed.Errors.Count > 0 ? UpCommand.UsageError : code;

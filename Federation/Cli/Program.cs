using Federation.Cli;

return await CommandTree.RunAsync(args).ConfigureAwait(false);

using System.CommandLine;
using System.Text.Json;
using Federation.Cli;
using SchemaRegistry.Core.Languages;
using Tests.Registry.Service;
using Xunit;

namespace Tests.Registry.Cli;

/// <summary>What a run of `fed` came to.</summary>
internal sealed record FedRun(int Code, string Out, string Error)
{
    public JsonElement Json => JsonDocument.Parse(Out).RootElement;

    /// <summary>Ended so, with what it said as the reason when not.</summary>
    public FedRun Ends(int code)
    {
        Assert.True(Code == code, $"{Code} instead of {code}: {Out}{Error}");
        return this;
    }

    /// <summary>The rows of its table, without the head.</summary>
    public string[] Rows => [.. Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)];
}

/// <summary>`fed schema` in this process, against a registry that really runs, with a folder for its files.</summary>
internal sealed class Fed : IAsyncDisposable
{
    private Fed(RegistryHost host) => Host = host;

    public RegistryHost Host { get; }

    public string Folder { get; } = Directory.CreateTempSubdirectory("fed-").FullName;

    public static async Task<Fed> StartAsync() =>
        new(await RegistryHost.StartAsync(options => options with { Languages = SchemaLanguages.Of }));

    public static async Task<Fed> OfAsync(Func<Task<RegistryHost>> start) => new(await start());

    public Task<FedRun> RunAsync(params string[] args) => AtAsync(Host.Node.Url.ToString(), args);

    public static async Task<FedRun> AtAsync(string registry, params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandTree.RunAsync(["schema", .. args, "--registry", registry], new InvocationConfiguration { Output = output, Error = error });
        return new FedRun(code, output.ToString(), error.ToString());
    }

    /// <summary>Writes a file; its path.</summary>
    public string File(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}

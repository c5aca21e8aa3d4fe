using System.Diagnostics;
using Xunit;

namespace Tests.World.Harness;

/// <summary>Runs programs to their end.</summary>
internal static class Run
{
    /// <summary>Runs a program; returns what it printed. Fails the test with its error output unless it ends with 0 in time.</summary>
    public static Task<string> AsyncOk(string program, string[] arguments) => AsyncOk(program, arguments, input: null, environment: null);

    /// <summary>As above, with standard input and environment variables.</summary>
    public static async Task<string> AsyncOk(string program, string[] arguments, string? input, IReadOnlyDictionary<string, string>? environment)
    {
        var ended = await AsyncToEnd(program, arguments, TimeSpan.FromMinutes(3), input, environment);
        Assert.True(ended.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {ended.ExitCode}:\n{ended.Errors}\n{ended.Output}");
        return ended.Output;
    }

    /// <summary>Runs a program; returns how it ended, whichever way. Fails the test only if it does not end within <paramref name="limit"/>.</summary>
    public static async Task<Ended> AsyncToEnd(
        string program, string[] arguments, TimeSpan limit, string? input = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = input is not null,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }

        using var late = new CancellationTokenSource(limit);
        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} {string.Join(' ', arguments)} did not end in {limit.TotalMinutes} minutes:\n{await errors}");
        }

        return new(process.ExitCode, await output, await errors);
    }

    /// <summary>How a program ended, and what it printed.</summary>
    internal sealed record Ended(int ExitCode, string Output, string Errors);
}

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

        using var late = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} {string.Join(' ', arguments)} did not end in three minutes:\n{await errors}");
        }

        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{await errors}\n{await output}");
        return await output;
    }
}

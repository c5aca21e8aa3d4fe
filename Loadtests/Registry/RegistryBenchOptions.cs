using System.Globalization;

namespace Loadtests.Registry;

/// <summary>How the registry is measured. Read from the command line; an unknown or malformed option is an error with a sentence.</summary>
public sealed record RegistryBenchOptions
{
    /// <summary>How many schemas it holds, one table for each.</summary>
    public int[] Schemas { get; init; } = [10, 1_000, 100_000];

    public double Seconds { get; init; } = 3;
    public double WarmUpSeconds { get; init; } = 1.5;

    /// <summary>How often all is measured, in turn; the table has the medians.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>Connections with one request under way each.</summary>
    public int Connections { get; init; } = 8;

    public static RegistryBenchOptions Parse(ReadOnlySpan<string> arguments)
    {
        var options = new RegistryBenchOptions();
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var name = arguments[i];
            var value = i + 1 < arguments.Length ? arguments[i + 1] : throw new ArgumentException($"{name} needs a value");
            options = name switch
            {
                "--schemas" => options with { Schemas = [.. value.Split(',').Select(n => Math.Max(SchemaSet.VersionsPerSubject, (int)Number(name, n)))] },
                "--seconds" => options with { Seconds = Number(name, value) },
                "--warmup" => options with { WarmUpSeconds = Number(name, value) },
                "--rounds" => options with { Rounds = Math.Max(1, (int)Number(name, value)) },
                "--connections" => options with { Connections = Math.Max(1, (int)Number(name, value)) },
                _ => throw new ArgumentException($"{name} is not an option of registry"),
            };
        }

        return options;
    }

    private static double Number(string name, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= 0
            ? number
            : throw new ArgumentException($"{name}: '{text}' is not a number of 0 or above");
}

using System.Globalization;

namespace Loadtests.Bench;

/// <summary>What the bench drives and for how long. Read from the command line; an unknown or malformed option is an error with a sentence.</summary>
public sealed record BenchOptions
{
    /// <summary>The broker itself. Null: the bench starts two regions of its own on a temporary folder.</summary>
    public string? Direct { get; init; }

    /// <summary>The gateway before that broker.</summary>
    public string? Gateway { get; init; }

    /// <summary>The gateway of the region that holds the mirror.</summary>
    public string? Mirror { get; init; }

    /// <summary>HTTP address through which topics are made.</summary>
    public string? Url { get; init; }

    /// <summary>Server processes whose CPU and memory count.</summary>
    public int[] Pids { get; init; } = [];

    public int ValueBytes { get; init; } = 1024;
    public int Partitions { get; init; } = 6;
    public double Seconds { get; init; } = 8;
    public double WarmUpSeconds { get; init; } = 2;

    /// <summary>Open-loop rate, records/s. 0: half of the slower of the two flat-out runs.</summary>
    public double Rate { get; init; }

    /// <summary>How often the open loop is run in each place, in turn.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Rate of the mirror's lag run, in MB/s of values.</summary>
    public double MirrorMegabytes { get; init; } = 20;

    /// <summary>Flush mode of the regions that the bench starts: batch or os.</summary>
    public string Flush { get; init; } = "batch";

    public static BenchOptions Parse(ReadOnlySpan<string> arguments)
    {
        var options = new BenchOptions();
        for (var i = 0; i < arguments.Length; i += 2)
        {
            var name = arguments[i];
            var value = i + 1 < arguments.Length ? arguments[i + 1] : throw new ArgumentException($"{name} needs a value");
            options = name switch
            {
                "--direct" => options with { Direct = value },
                "--gateway" => options with { Gateway = value },
                "--mirror" => options with { Mirror = value },
                "--url" => options with { Url = value },
                "--pid" => options with { Pids = [.. value.Split(',').Select(p => (int)Number(name, p))] },
                "--size" => options with { ValueBytes = Math.Max(8, (int)Number(name, value)) },
                "--partitions" => options with { Partitions = Math.Max(1, (int)Number(name, value)) },
                "--seconds" => options with { Seconds = Number(name, value) },
                "--warmup" => options with { WarmUpSeconds = Number(name, value) },
                "--rate" => options with { Rate = Number(name, value) },
                "--rounds" => options with { Rounds = Math.Max(1, (int)Number(name, value)) },
                "--mirror-mb" => options with { MirrorMegabytes = Number(name, value) },
                "--flush" => value is "os" or "batch" ? options with { Flush = value } : throw new ArgumentException("--flush is os or batch"),
                _ => throw new ArgumentException($"{name} is not an option of bench"),
            };
        }

        return options;
    }

    private static double Number(string name, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= 0
            ? number
            : throw new ArgumentException($"{name}: '{text}' is not a number of 0 or above");
}

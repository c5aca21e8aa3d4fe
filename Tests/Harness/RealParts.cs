using System.Diagnostics;
using Xunit;

namespace Tests.Harness;

/// <summary>
/// Parts and data that a test needs and the machine may lack: programs on PATH, packages, the shared folder beside the project. Missing ones skip
/// the test with the reason; under REQUIRE_REAL=1 they fail it. Compiled into every test project that needs it.
/// </summary>
internal static class RealParts
{
    private static readonly bool Required = Environment.GetEnvironmentVariable("REQUIRE_REAL") == "1";

    /// <summary>The folder with peers, references and data that lies beside the project, or null. FEDERATION_SHARED names another place.</summary>
    public static string? Shared { get; } = FindShared();

    /// <summary>Ends the test as skipped (or failed, when real parts are required) unless the condition holds.</summary>
    public static void Need(bool present, string what)
    {
        if (present)
        {
            return;
        }

        Assert.False(Required, $"{what} is required here (REQUIRE_REAL=1) and missing");
        Assert.Skip($"{what} is not on this machine");
    }

    /// <summary>A program on PATH.</summary>
    public static string Program(string name)
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        Need(found is not null, name);
        return found!;
    }

    /// <summary>A file below the shared folder.</summary>
    public static string SharedFile(string path)
    {
        Need(Shared is not null && (File.Exists(Path.Combine(Shared, path)) || Directory.Exists(Path.Combine(Shared, path))), $"shared/{path}");
        return Path.Combine(Shared!, path);
    }

    /// <summary>A file below the cases of the schema registry's reference.</summary>
    public static string Case(string path) => SharedFile(Path.Combine("reference", "schema-registry", "cases", path));

    /// <summary>host:port of an Apache Kafka cluster that tests may make topics on, from FEDERATION_TEST_KAFKA.</summary>
    public static string KafkaCluster()
    {
        var cluster = Environment.GetEnvironmentVariable("FEDERATION_TEST_KAFKA");
        Need(!string.IsNullOrEmpty(cluster), "an Apache Kafka cluster (FEDERATION_TEST_KAFKA)");
        return cluster!;
    }

    /// <summary>A Python with the modules, separated by commas: Debian's, then whatever is on PATH. FEDERATION_PYTHON names another.</summary>
    public static string PythonWith(string modules)
    {
        string[] candidates = [Environment.GetEnvironmentVariable("FEDERATION_PYTHON") ?? "", "/usr/bin/python3", "python3"];
        var found = candidates.Where(c => c.Length > 0).FirstOrDefault(python => Succeeds(python, "-c", $"import {modules}"));
        Need(found is not null, $"Python with {modules}");
        return found!;
    }

    private static bool Succeeds(string program, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
            using var process = Process.Start(start)!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static string? FindShared()
    {
        if (Environment.GetEnvironmentVariable("FEDERATION_SHARED") is { Length: > 0 } named)
        {
            return Directory.Exists(named) ? named : null;
        }

        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var shared = Path.Combine(folder, "shared");
            if (Directory.Exists(Path.Combine(shared, "peers")) || Directory.Exists(Path.Combine(shared, "reference")))
            {
                return shared;
            }
        }

        return null;
    }
}

using Xunit;

namespace Tests.Registry.Harness;

/// <summary>Data that a test needs and the machine may lack. Missing data skip the test with the reason; under REQUIRE_REAL=1 they fail it.</summary>
internal static class RealParts
{
    private static readonly bool Required = Environment.GetEnvironmentVariable("REQUIRE_REAL") == "1";

    private static readonly string? Shared = FindShared();

    /// <summary>A file below the cases of the schema registry's reference. FEDERATION_SHARED names another place for the shared folder.</summary>
    public static string Case(string path)
    {
        var file = Shared is null ? null : Path.Combine(Shared, "reference", "schema-registry", "cases", path);
        if (file is null || !File.Exists(file))
        {
            Assert.False(Required, $"The case file {path} is required here (REQUIRE_REAL=1) and missing");
            Assert.Skip($"The case file {path} is not on this machine");
        }

        return file;
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
            if (Directory.Exists(Path.Combine(shared, "reference")))
            {
                return shared;
            }
        }

        return null;
    }
}

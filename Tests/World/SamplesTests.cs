using System.Diagnostics;
using Tests.World.Harness;
using Xunit;

namespace Tests.World;

/// <summary>The samples do what they say, as a newcomer runs them: from their files, against two regions.</summary>
public sealed class SamplesTests(TwoRegions world) : IClassFixture<TwoRegions>
{
    [Theory]
    [InlineData("avro", "read: BA117 from LHR to JFK")]
    [InlineData("json", "read: order 4711 over 1250 cents")]
    [InlineData("protobuf", "read: LHR-JFK takes 07:30:00, a Protobuf schema")]
    [InlineData("plain", "read: seat 12F")]
    public async Task A_sample_writes_in_one_region_and_reads_in_the_other(string name, string says)
    {
        var path = Path.Combine(Root(), "Samples", $"schema-{name}.cs");
        await BuildAsync(path);
        var federation = world.Federation;
        await federation.FedAsync("topic", "create", $"sample-{name}", "--home", "eu", "--mirror", "us");
        var output = await Run.AsyncOk("dotnet",
            ["run", "--no-build", path, "--", federation.Gateway("eu"), federation.Registry("eu"), federation.Gateway("us"), federation.Registry("us")]);
        Assert.Contains($"written: sample-{name} [[0]] @0", output, StringComparison.Ordinal);
        Assert.Contains(says, output, StringComparison.Ordinal);
        Assert.DoesNotContain("would be taken", output, StringComparison.Ordinal);
    }

    /// <summary>Packages of samples are restored when they are run, so they are parts that a machine may lack.</summary>
    private static async Task BuildAsync(string path)
    {
        var start = new ProcessStartInfo("dotnet", ["build", path, "-v", "q", "-nologo"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var build = Process.Start(start)!;
        var errors = build.StandardError.ReadToEndAsync();
        var output = await build.StandardOutput.ReadToEndAsync() + await errors;
        await build.WaitForExitAsync();
        RealParts.Need(!output.Contains("error NU1", StringComparison.Ordinal), $"some package of {Path.GetFileName(path)}");
        Assert.True(build.ExitCode == 0, output);
    }

    private static string Root()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "Federation.sln")))
            {
                return folder;
            }
        }

        throw new InvalidOperationException("the samples are not above this assembly");
    }
}

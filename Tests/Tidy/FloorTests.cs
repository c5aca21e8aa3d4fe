using System.Xml.Linq;
using Xunit;

namespace Tests.Tidy;

/// <summary>Who may reference whom (ARCHITECTURE.md, Floors). A reference that is not listed here needs an argument, not an exception.</summary>
public class FloorTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Kernel"] = [],
        ["Protocol.Generator"] = [],
        ["Protocol.Wire"] = ["Kernel", "Protocol.Generator"],
        ["Protocol.Contracts"] = ["Kernel"],
        ["Protocol.Transport"] = ["Kernel", "Protocol.Wire"],
        ["Hosting"] = ["Kernel", "Protocol.Transport"],
        ["Broker.Core"] = ["Kernel", "Protocol.Wire"],
        ["Federation.Core"] = ["Kernel", "Protocol.Wire"],
        ["SchemaRegistry.Core"] = ["Kernel"],
        ["SchemaRegistry.Service"] = ["SchemaRegistry.Core", "Hosting", "Protocol.Transport", "Protocol.Contracts", "Protocol.Wire", "Kernel"],
        ["Broker.Node"] = ["Broker.Core", "Hosting", "Protocol.Transport", "Protocol.Wire", "Kernel"],
        ["Federation.Gateway"] = ["Federation.Core", "Hosting", "Protocol.Transport", "Protocol.Wire", "Kernel"],
        ["Federation.Mirror"] = ["Federation.Core", "Hosting", "Protocol.Transport", "Protocol.Contracts", "Protocol.Wire", "Kernel"],
        ["Federation.Control"] = ["Federation.Core", "Hosting", "Protocol.Transport", "Protocol.Contracts", "Protocol.Wire", "Kernel"],
        ["Federation.Standalone"] = ["Broker.Node", "Federation.Gateway", "Federation.Mirror", "Federation.Control", "SchemaRegistry.Service", "Hosting", "Protocol.Contracts"],
        ["Federation.Cli"] = ["Protocol.Contracts"],
        ["Loadtests"] = ["Protocol.Wire", "Protocol.Transport", "Kernel"],

        // Measures a host's inside, so it stands beside the tests of it rather than among the edges.
        ["Loadtests.Micro"] = ["Broker.Node"],
    };

    private static readonly string[] Pure = ["Kernel", "Protocol.Wire", "Protocol.Contracts", "Broker.Core", "Federation.Core", "SchemaRegistry.Core"];

    [Fact]
    public void Every_project_references_only_what_its_floor_allows()
    {
        foreach (var (name, path, project) in Projects().Where(p => !p.Name.StartsWith("Tests.", StringComparison.Ordinal)))
        {
            Assert.True(Allowed.ContainsKey(name), $"{path} is not in the list of floors");
            var references = project.Descendants("ProjectReference")
                .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')));
            foreach (var reference in references)
            {
                Assert.True(Allowed[name].Contains(reference), $"{name} may not reference {reference}");
            }
        }
    }

    [Fact]
    public void Every_listed_project_exists() => Assert.Empty(Allowed.Keys.Except(Projects().Select(p => p.Name)));

    [Fact]
    public void Pure_projects_say_so_and_the_rule_stands()
    {
        foreach (var (name, path, project) in Projects())
        {
            var isPure = project.Descendants("Floor").Any(f => f.Value == "Pure");
            Assert.True(isPure == Pure.Contains(name), $"{path}: Floor is {(isPure ? "" : "not ")}Pure");
        }

        var targets = Repository.Read("Directory.Build.targets");
        Assert.Contains("BannedSymbols.Pure.txt", targets, StringComparison.Ordinal);
        Assert.Contains("RS0030", targets, StringComparison.Ordinal);
    }

    [Fact]
    public void Versions_are_exact()
    {
        var versions = XDocument.Parse(Repository.Read("Directory.Packages.props")).Descendants("PackageVersion").ToList();
        Assert.NotEmpty(versions);
        Assert.All(versions, v => Assert.Matches(@"^\[[^,\]]+\]$", v.Attribute("Version")!.Value));
    }

    private static IEnumerable<(string Name, string Path, XDocument Project)> Projects() =>
        Repository.Files(".csproj").Select(path => (Path.GetFileNameWithoutExtension(path), path, XDocument.Parse(Repository.Read(path))));
}

using System.Text.RegularExpressions;
using Xunit;

namespace Tests.Tidy;

/// <summary>Documents name files that exist, and the tree keeps its manners.</summary>
public partial class DocumentTests
{
    [Fact]
    public void Files_named_in_documents_exist()
    {
        var missing = new List<string>();
        foreach (var document in Repository.Files(".md"))
        {
            foreach (Match match in PathInBackticks().Matches(Repository.Read(document)))
            {
                var path = match.Groups["path"].Value;
                var beside = Path.Combine(Path.GetDirectoryName(document) ?? "", path);
                if (!Exists(path) && !Exists(beside))
                {
                    missing.Add($"{document}: {path}");
                }
            }
        }

        Assert.Empty(missing);
    }

    [Fact]
    public void Decisions_are_numbered_without_gaps()
    {
        var numbers = Repository.Files(".md").Where(p => p.StartsWith("docs/decisions/", StringComparison.Ordinal) && !p.EndsWith("README.md", StringComparison.Ordinal))
            .Select(p => int.Parse(Path.GetFileName(p)[..4])).Order().ToList();
        Assert.Equal(Enumerable.Range(1, numbers.Count), numbers);
    }

    [Fact]
    public void Types_are_not_named_after_nothing()
    {
        var found = Repository.Files(".cs").SelectMany(path => VagueName().Matches(Repository.Read(path)).Select(m => $"{path}: {m.Value}"));
        Assert.Empty(found);
    }

    [Fact]
    public void Tests_do_not_sleep()
    {
        var found = Repository.Files(".cs").Where(p => p.StartsWith("Tests/", StringComparison.Ordinal) && !p.StartsWith("Tests/Tidy/", StringComparison.Ordinal))
            .Where(path => Repository.Read(path).Contains("Thread.Sleep(", StringComparison.Ordinal));
        Assert.Empty(found);
    }

    [Fact]
    public void Lock_files_of_npm_record_no_download_addresses()
    {
        var found = Repository.Files("package-lock.json").Where(path => Repository.Read(path).Contains("\"resolved\"", StringComparison.Ordinal));
        Assert.Empty(found);
    }

    private static bool Exists(string path)
    {
        var full = Path.Combine(Repository.Root, path);
        return File.Exists(full) || Directory.Exists(full);
    }

    // `Folder/File.ext` or `Folder/Folder/`: at least one slash, no blanks, no patterns, and a top-level name of ours in front.
    [GeneratedRegex(@"`(?<path>(?:Kernel|Protocol|Broker|Federation|Hosting|Loadtests|Tests|docs|deploy|Samples|\.ci)/[A-Za-z0-9_.\-/]+)`", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex PathInBackticks();

    [GeneratedRegex(@"\b(class|record|struct|interface) [A-Za-z]*(Manager|Helper|Helpers|Util|Utils|Common|Impl)\b", RegexOptions.ExplicitCapture)]
    private static partial Regex VagueName();
}

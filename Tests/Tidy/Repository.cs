namespace Tests.Tidy;

/// <summary>The source tree that the tests were built from, found by walking up to Federation.sln.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Files with the ending, outside build output, as paths relative to the root with forward slashes.</summary>
    public static IEnumerable<string> Files(string ending) =>
        Directory.EnumerateFiles(Root, "*" + ending, SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !path.Split('/').Any(part => part is "artifacts" or "node_modules" or ".git" or ".federation"))
            .Order(StringComparer.Ordinal);

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Federation.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Federation.sln not found above the tests");
        }

        return folder;
    }
}

using System.Reflection;
using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Service.Api;
using Xunit;

namespace Tests.Registry.Service;

/// <summary>
/// What the API is documented to have (api.tsv), and which test shows it (coverage.tsv). That a test makes the calls that its rows say is checked
/// when it has run, by <see cref="ShowsItsRowsAttribute"/>.
/// </summary>
public class Coverage
{
    internal sealed record Documented(string Method, string Path, string[] Parameters, string[] Codes);

    internal static IEnumerable<Documented> Required() => Lines("api.tsv").Select(cells => new Documented(cells[0], cells[1],
        cells[2].Split(',', StringSplitOptions.RemoveEmptyEntries), cells[3].Split(',', StringSplitOptions.RemoveEmptyEntries)));

    private static readonly ILookup<string, string> Rows =
        Lines("coverage.tsv").ToLookup(cells => cells[3], cells => $"{cells[0]} {cells[1]} {cells[2]}");

    /// <summary>The calls and answers ("GET /subjects success") that a test has to show.</summary>
    internal static List<string> RowsOf(string test) => [.. Rows[test]];

    [Fact]
    public void Every_documented_case_has_its_row()
    {
        var rows = Lines("coverage.tsv").Select(cells => $"{cells[0]} {cells[1]} {cells[2]}").ToHashSet();
        var missing = Required().SelectMany(each => each.Parameters.Concat(each.Codes).Prepend("success").Select(wanted => $"{each.Method} {each.Path} {wanted}"))
            .Where(wanted => !rows.Contains(wanted));
        Assert.Empty(missing);
    }

    [Fact]
    public void Every_endpoint_is_documented_and_every_documented_one_is_there()
    {
        // A star stands for what all endpoints have in common: the path's prefixes, and the codes of the protocol.
        var documented = Required().Where(each => each.Method != "*").Select(each => $"{each.Method} {each.Path}").Order(StringComparer.Ordinal);
        Assert.Equal(documented, Routes.All.Select(route => $"{route.Method} {route.Pattern}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_row_names_a_test_or_a_reason()
    {
        var tests = typeof(Coverage).Assembly.GetTypes().Where(type => type.Namespace == typeof(Coverage).Namespace)
            .SelectMany(type => type.GetMethods().Where(method => method.GetCustomAttributes<FactAttribute>().Any()).Select(method => $"{type.Name}.{method.Name}"))
            .ToHashSet();
        Assert.DoesNotContain(Lines("coverage.tsv").Select(cells => cells[3]),
            test => !tests.Contains(test) && !test.StartsWith("unreachable: ", StringComparison.Ordinal) && !test.StartsWith("ignored: ", StringComparison.Ordinal));
    }

    /// <summary>Every error that the registry can give is one that some row of the table shows.</summary>
    [Fact]
    public void Every_error_of_the_registry_is_shown()
    {
        var shown = Lines("coverage.tsv").Where(cells => !cells[3].StartsWith("unreachable: ", StringComparison.Ordinal)).Select(cells => cells[2]).ToHashSet();
        var codes = typeof(RegistryError).GetMethods(BindingFlags.Public | BindingFlags.Static).Where(method => method.ReturnType == typeof(RegistryError))
            .Where(method => method.Name != nameof(RegistryError.Incompatible))
            .Select(method => (RegistryError)method.Invoke(null, [.. method.GetParameters().Select(parameter => Default(parameter.ParameterType))])!)
            .Select(error => $"{error.Code}").Distinct();
        Assert.DoesNotContain(codes, code => !shown.Contains(code));
    }

    private static object? Default(Type type) =>
        type == typeof(string) ? "x" : type.IsValueType ? type == typeof(SubjectName) ? new SubjectName(".", "x") : Activator.CreateInstance(type) : null;

    private static IEnumerable<string[]> Lines(string name) => File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Service", name))
        .Where(line => line.Length > 0 && line[0] != '#')
        .Select(line => line.Split('\t'));
}

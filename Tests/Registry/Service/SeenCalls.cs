using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using SchemaRegistry.Service.Api;
using SchemaRegistry.Service.Http;
using Tests.Registry.Service;
using Xunit;
using Xunit.v3;

[assembly: ShowsItsRows]

namespace Tests.Registry.Service;

/// <summary>
/// What each test asked a registry for and what it was answered, as the coverage table words it: "GET /subjects success". Tests that call through
/// <see cref="Handler"/> are seen.
/// </summary>
internal static class SeenCalls
{
    private static readonly ConcurrentDictionary<string, ConcurrentDictionary<string, bool>> ByTest = new();
    private static readonly ConcurrentDictionary<string, int> Ends = new();

    /// <summary>An HTTP handler that sees the calls of the test that runs.</summary>
    public static DelegatingHandler Handler() => new Seeing { InnerHandler = new SocketsHttpHandler() };

    /// <summary>What a test ("Class.Method") was seen to ask for.</summary>
    public static ICollection<string> Of(string test) => ByTest.TryGetValue(test, out var seen) ? seen.Keys : [];

    /// <summary>Counts the ends of a test; how many there are now.</summary>
    public static int Ended(string test) => Ends.AddOrUpdate(test, 1, (_, ended) => ended + 1);

    private static async Task SeeAsync(string test, HttpRequestMessage request, HttpResponseMessage response)
    {
        var target = request.RequestUri!.PathAndQuery;
        target = target.StartsWith("/registry/", StringComparison.Ordinal) ? target["/registry".Length..] : target;
        var seen = ByTest.GetOrAdd(test, _ => new());
        if (RequestPath.Parse(target) is not { } path)
        {
            return;
        }

        string[] cases =
        [
            await CaseAsync(response),
            .. request.RequestUri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')[0]),
        ];
        var route = Routes.All.FirstOrDefault(route => route.Method == request.Method.Method && route.Match(path.Segments) is not null);
        foreach (var each in cases)
        {
            seen[$"* * {each}"] = true;
            if (route is not null)
            {
                seen[$"{route.Method} {route.Pattern} {each}"] = true;
            }
        }

        if (path.Context is not null)
        {
            seen["* * context"] = true;
        }

        if (path.Tenant is not null)
        {
            seen["* * tenant"] = true;
        }
    }

    private static async Task<string> CaseAsync(HttpResponseMessage response)
    {
        if (response.IsSuccessStatusCode)
        {
            return "success";
        }

        // Reading it here leaves it in a buffer for the test.
        var text = await response.Content.ReadAsStringAsync();
        try
        {
            return JsonDocument.Parse(text).RootElement.GetProperty("error_code").GetRawText();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"{(int)response.StatusCode}";
        }
    }

    private sealed class Seeing : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (TestContext.Current is { TestClass: { } type, TestMethod: { } method })
            {
                await SeeAsync($"{type.TestClassSimpleName}.{method.MethodName}", request, response);
            }

            return response;
        }
    }
}

/// <summary>Fails a test that the coverage table names and that did not call what its rows say.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class ShowsItsRowsAttribute : Attribute, IBeforeAfterTestAttribute
{
    public void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
    }

    public void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        var name = $"{methodUnderTest.DeclaringType!.Name}.{methodUnderTest.Name}";
        if (methodUnderTest.DeclaringType.Namespace != typeof(Coverage).Namespace || Coverage.RowsOf(name) is not { Count: > 0 } rows)
        {
            return;
        }

        // The cases of a theory show them together.
        var cases = Math.Max(1, methodUnderTest.GetCustomAttributes<InlineDataAttribute>().Count());
        if (SeenCalls.Ended(name) == cases)
        {
            var missing = rows.Except(SeenCalls.Of(name)).ToList();
            Assert.True(missing.Count == 0, $"coverage.tsv says that {name} shows what it does not: {string.Join("; ", missing)}");
        }
    }
}

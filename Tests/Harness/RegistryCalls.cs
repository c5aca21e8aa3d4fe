using System.Net.Http.Json;
using System.Text.Json;
using Xunit;

namespace Tests.Harness;

/// <summary>A schema registry by its REST API, as a client that sees all fields.</summary>
internal sealed class RegistryCalls : IDisposable
{
    private readonly HttpClient _http;

    public RegistryCalls(Uri registry)
    {
        _http = new HttpClient { BaseAddress = registry };
        _http.DefaultRequestHeaders.Add("Confluent-Accept-Unknown-Properties", "true");
    }

    /// <summary>A request that must succeed; its answer, null for none.</summary>
    public async Task<JsonElement?> OkAsync(string method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Content = body is null ? null : JsonContent.Create(body);
        using var response = await _http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? null : JsonDocument.Parse(text).RootElement;
    }

    /// <summary>What a path answers, errors too.</summary>
    public async Task<string> GetAsync(string path)
    {
        using var response = await _http.GetAsync(path);
        return $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}";
    }

    /// <summary>Registers a schema, which must succeed.</summary>
    public async Task<(int Id, int Version)> RegisterAsync(string subject, object schema)
    {
        var answer = (await OkAsync("POST", $"/subjects/{Uri.EscapeDataString(subject)}/versions", schema))!.Value;
        return (answer.GetProperty("id").GetInt32(), answer.GetProperty("version").GetInt32());
    }

    /// <summary>Deletes a subject softly, then for good.</summary>
    public async Task DeleteForGoodAsync(string subject)
    {
        await OkAsync("DELETE", $"/subjects/{Uri.EscapeDataString(subject)}");
        await OkAsync("DELETE", $"/subjects/{Uri.EscapeDataString(subject)}?permanent=true");
    }

    /// <summary>
    /// All that the registry shows, one answer a line: subjects and versions with the deleted ones, ids and GUIDs, who refers to whom, settings,
    /// modes, contexts, exporters. Equal states have equal texts.
    /// </summary>
    public async Task<string> ViewAsync()
    {
        var paths = new List<string>
        {
            "/subjects", "/subjects?deleted=true", "/subjects?deletedOnly=true", "/contexts", "/config", "/mode", "/config/:.__GLOBAL:", "/mode/:.__GLOBAL:",
            "/schemas?deleted=true", "/schemas?latestOnly=true", "/exporters",
        };
        foreach (var exporter in await TextsAsync("/exporters"))
        {
            paths.AddRange([$"/exporters/{exporter}", $"/exporters/{exporter}/config"]);
        }

        foreach (var name in await TextsAsync("/subjects?deleted=true"))
        {
            var subject = Uri.EscapeDataString(name);
            paths.AddRange([$"/subjects/{subject}/versions", $"/config/{subject}", $"/config/{subject}?defaultToGlobal=true", $"/mode/{subject}"]);
            foreach (var version in (await OkAsync("GET", $"/subjects/{subject}/versions?deleted=true"))!.Value.EnumerateArray())
            {
                paths.AddRange([$"/subjects/{subject}/versions/{version}?deleted=true", $"/subjects/{subject}/versions/{version}/referencedby?deleted=true"]);
            }
        }

        foreach (var context in await TextsAsync("/contexts"))
        {
            paths.AddRange([$"/config/:{context}:", $"/mode/:{context}:"]);
            for (var id = 1; id <= 60; id++)
            {
                var path = $"/contexts/{context}/schemas/ids/{id}";
                paths.AddRange([path, $"{path}/versions?deleted=true", $"{path}/subjects?deleted=true"]);
            }
        }

        var answers = new List<string>();
        foreach (var path in paths)
        {
            answers.Add($"{path} {await GetAsync(path)}");
        }

        return string.Join('\n', answers);
    }

    public void Dispose() => _http.Dispose();

    private async Task<string[]> TextsAsync(string path) => [.. (await OkAsync("GET", path))!.Value.EnumerateArray().Select(each => each.GetString()!)];
}

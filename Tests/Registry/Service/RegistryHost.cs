using System.Net;
using System.Text;
using System.Text.Json;
using SchemaRegistry.Service;
using SchemaRegistry.Service.Log;
using Tests.Registry.Subjects;

namespace Tests.Registry.Service;

/// <summary>A node on a free port over a log in memory, and a client of it.</summary>
internal sealed class RegistryHost : IAsyncDisposable
{
    private readonly HttpClient _client;
    private readonly string _tenant;

    private RegistryHost(RegistryNode node, string tenant, MemorySchemaLog.Storage storage)
    {
        Node = node;
        _tenant = tenant;
        Storage = storage;
        _client = new HttpClient(SeenCalls.Handler()) { BaseAddress = node.Url };
    }

    public RegistryNode Node { get; }

    public string Tenant => _tenant;

    public MemorySchemaLog.Storage Storage { get; }

    public static async Task<RegistryHost> StartAsync(Func<RegistryOptions, RegistryOptions>? change = null, MemorySchemaLog.Storage? storage = null)
    {
        storage ??= new MemorySchemaLog.Storage();
        var options = new RegistryOptions
        {
            Port = 0,
            OpenLog = _ => new MemorySchemaLog(storage),
            Languages = WordLanguage.Of,
            ExporterProbeTimeout = TimeSpan.FromMinutes(3),
        };
        options = change is null ? options : change(options);
        return new RegistryHost(await RegistryNode.StartAsync(options), options.Directory.Names.First(), storage);
    }

    /// <summary>Until all that the log holds was read: longer than a request waits, where the log is a busy cluster's.</summary>
    public async Task<RegistryHost> CaughtUpAsync()
    {
        await Node.Registry(_tenant).CaughtUp.WaitAsync(TimeSpan.FromMinutes(3));
        return this;
    }

    /// <summary>Sends a request; the answer as status and text.</summary>
    public async Task<Reply> SendAsync(string method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Node.Url.ToString().TrimEnd('/') + path));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        }

        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content!.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await _client.SendAsync(request);
        var offset = response.Headers.TryGetValues("Federation-Schema-Offset", out var values) ? values.First() : null;
        return new Reply(response.StatusCode, await response.Content.ReadAsStringAsync(), response.Content.Headers.ContentType?.ToString(), offset);
    }

    public Task<Reply> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync("GET", path, null, headers);

    /// <summary>Registers a schema, which must succeed; its id.</summary>
    public async Task<int> RegisterAsync(string subject, string text, string? more = null)
    {
        var reply = await SendAsync("POST", $"/subjects/{Uri.EscapeDataString(subject)}/versions", Schema(text, more));
        Xunit.Assert.Equal(HttpStatusCode.OK, reply.Status);
        return reply.Json.GetProperty("id").GetInt32();
    }

    public static string Schema(string text, string? more = null) => $"{{\"schema\":{JsonSerializer.Serialize(text)}{(more is null ? "" : "," + more)}}}";

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Node.DisposeAsync();
    }
}

/// <summary>An answer.</summary>
internal sealed record Reply(HttpStatusCode Status, string Text, string? ContentType, string? Offset)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public int Code => Json.GetProperty("error_code").GetInt32();

    public string Message => Json.GetProperty("message").GetString()!;

    public void IsError(int status, int code, string? message = null)
    {
        Xunit.Assert.True((int)Status == status && Code == code, $"{(int)Status} {Text}");
        if (message is not null)
        {
            Xunit.Assert.Equal(message, Message);
        }
    }

    public void Is(string json) => Xunit.Assert.Equal((HttpStatusCode.OK, json), (Status, Text));
}

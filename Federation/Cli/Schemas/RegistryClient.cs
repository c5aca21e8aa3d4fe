using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Federation.Cli.Schemas;

/// <summary>
/// A Confluent-compatible registry over HTTP. Its refusals and failures of the network become <see cref="CliException"/>s with a sentence. Any
/// thread may use it.
/// </summary>
internal sealed class RegistryClient : IDisposable
{
    /// <summary>Schemas asked for at a time. A registry may give fewer (Confluent: 1000 at most); each can have 1 MB.</summary>
    private const int PageSize = 200;

    /// <summary>One answer: a page of the largest schemas. What is longer is no registry's.</summary>
    private const int MaxAnswerBytes = 512 * 1024 * 1024;

    private readonly HttpClient _http;

    public RegistryClient(Uri address, AuthenticationHeaderValue? authorization)
    {
        Address = address;
        var text = address.AbsoluteUri;
        _http = new HttpClient
        {
            // A path behind the host stays: the registry may stand behind a front door.
            BaseAddress = text.EndsWith('/') ? address : new Uri(text + "/"),
            Timeout = TimeSpan.FromSeconds(60),
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
        _http.DefaultRequestHeaders.Authorization = authorization;
        _http.DefaultRequestHeaders.Accept.ParseAdd("application/vnd.schemaregistry.v1+json");

        // Otherwise newer registries leave out what older clients do not know: versions of registrations, deletion marks.
        _http.DefaultRequestHeaders.Add("Confluent-Accept-Unknown-Properties", "true");
    }

    public Uri Address { get; }

    public void Dispose() => _http.Dispose();

    public Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancel) => SendAsync(HttpMethod.Get, path, null, type, cancel);

    /// <summary>What there is under the path; the default where there is nothing.</summary>
    public async Task<T?> TryGetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        try
        {
            return await GetAsync(path, type, cancel).ConfigureAwait(false);
        }
        catch (CliException e) when (e.ExitCode == ExitCode.NotFound)
        {
            return default;
        }
    }

    public Task<T> SendAsync<TBody, T>(
        HttpMethod method, string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, bodyType));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/vnd.schemaregistry.v1+json");
        return SendAsync(method, path, content, type, cancel);
    }

    /// <summary>One version; "latest" is one too.</summary>
    public Task<SchemaVersion> VersionAsync(string subject, string version, CancellationToken cancel) => GetAsync(
        $"subjects/{SubjectText.Segment(subject)}/versions/{Uri.EscapeDataString(version)}", RegistryJson.Plain.SchemaVersion, cancel);

    /// <summary>Registers or looks up a schema, by the path.</summary>
    public Task<SchemaVersion> PostSchemaAsync(string path, SchemaBody body, CancellationToken cancel) =>
        SendAsync(HttpMethod.Post, path, body, RegistryJson.Plain.SchemaBody, RegistryJson.Plain.SchemaVersion, cancel);

    /// <summary>All versions of the subjects that begin so, page by page; each once.</summary>
    /// <param name="query">Parameters of GET /schemas, beginning with an ampersand.</param>
    public async Task<List<SchemaVersion>> SchemasAsync(string prefix, string query, CancellationToken cancel)
    {
        var all = new List<SchemaVersion>();
        var seen = new HashSet<(string?, int)>();
        for (var offset = 0; ;)
        {
            var path = $"schemas?subjectPrefix={Uri.EscapeDataString(prefix)}{query}&offset={offset}&limit={PageSize}";
            var page = await GetAsync(path, RegistryJson.Plain.SchemaVersionArray, cancel).ConfigureAwait(false);
            var before = all.Count;
            all.AddRange(page.Where(schema => seen.Add((schema.Subject, schema.Version))));

            // A registry that pages by itself may give less than was asked for, so a short page is not the end; one that knows no pages gives
            // everything again.
            if (all.Count == before)
            {
                return all;
            }

            offset += page.Length;
        }
    }

    public async Task<T> SendAsync<T>(HttpMethod method, string path, HttpContent? content, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        try
        {
            using var answer = await _http.SendAsync(request, cancel).ConfigureAwait(false);
            var body = await answer.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
            if (!answer.IsSuccessStatusCode)
            {
                throw Refusal(request, answer.StatusCode, body);
            }

            return JsonSerializer.Deserialize(body, type) ?? throw new CliException($"{Address} answered with nothing", ExitCode.Error);
        }
        catch (Exception e) when (e is HttpRequestException or SocketException)
        {
            // .NET lets a bare SocketException through when the other side resets a connection just made.
            throw new CliException(
                $"the schema registry {Address} is out of reach: {e.Message}. Is it running (./fed up)? "
                + $"Another address: --registry or {RegistryAccess.AddressVariable}.",
                ExitCode.Unreachable);
        }
        catch (TaskCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new CliException($"the schema registry {Address} did not answer within {_http.Timeout.TotalSeconds:F0} s", ExitCode.Unreachable);
        }
        catch (JsonException e)
        {
            throw new CliException($"{Address} did not answer as a schema registry does: {e.Message}", ExitCode.Error);
        }
    }

    private CliException Refusal(HttpRequestMessage request, HttpStatusCode status, byte[] body)
    {
        RegistryProblem? problem = null;
        try
        {
            problem = JsonSerializer.Deserialize(body, RegistryJson.Plain.RegistryProblem);
        }
        catch (JsonException)
        {
            // Something else answers at this address.
        }

        var code = problem?.ErrorCode ?? 0;
        return code == 0
            ? new CliException($"{Address} answered {(int)status} to {request.Method} {request.RequestUri}", ExitCode.Of((int)status))
            : new CliException($"{problem!.Message} (error {code})", ExitCode.OfRegistry((int)status, code)) { RegistryCode = code };
    }
}

using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Protocol.Contracts.Control;

namespace Federation.Cli;

/// <summary>A failure to be told to the person: what is wrong, and how the program ends.</summary>
internal sealed class CliException(string message, int exitCode) : Exception(message)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>The error_code of a schema registry; 0 for failures of other kinds.</summary>
    public int RegistryCode { get; init; }
}

/// <summary>An answer of the control API, with the exit code that its status means.</summary>
internal readonly record struct ControlAnswer<T>(T Value, int ExitCode);

/// <summary>The control API over HTTP. Errors of the network and of the API become <see cref="CliException"/>s with a sentence.</summary>
internal sealed class ControlClient(Uri address) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };

    public Task<ControlAnswer<T>> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancel) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, path), type, cancel);

    public Task<ControlAnswer<T>> DeleteAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancel) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Delete, path), type, cancel);

    public Task<ControlAnswer<T>> PostAsync<TBody, T>(string path, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> type, CancellationToken cancel) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, bodyType) }, type, cancel);

    public void Dispose() => _http.Dispose();

    private async Task<ControlAnswer<T>> SendAsync<T>(HttpRequestMessage request, JsonTypeInfo<T> type, CancellationToken cancel)
    {
        using (request)
        {
            try
            {
                using var answer = await _http.SendAsync(request, cancel).ConfigureAwait(false);
                var status = (int)answer.StatusCode;
                if (!answer.IsSuccessStatusCode)
                {
                    throw new CliException(await WhyAsync(answer, cancel).ConfigureAwait(false), ExitCode.Of(status));
                }

                var value = await answer.Content.ReadFromJsonAsync(type, cancel).ConfigureAwait(false);
                return new(value ?? throw new CliException($"{address} answered with nothing", ExitCode.Error), ExitCode.Of(status));
            }
            catch (Exception e) when (e is HttpRequestException or SocketException)
            {
                // .NET lets a bare SocketException through when the other side resets a connection just made.
                throw new CliException($"{address} is out of reach: {e.Message}. Is it running (./fed up)? Another address: --url or FED_URL.", ExitCode.Unreachable);
            }
            catch (TaskCanceledException) when (!cancel.IsCancellationRequested)
            {
                throw new CliException($"{address} did not answer within {_http.Timeout.TotalSeconds:F0} s", ExitCode.Unreachable);
            }
            catch (JsonException e)
            {
                throw new CliException($"{address} did not answer as a federation does: {e.Message}", ExitCode.Error);
            }
        }
    }

    private static async Task<string> WhyAsync(HttpResponseMessage answer, CancellationToken cancel)
    {
        if (answer.Content.Headers.ContentType?.MediaType == "application/problem+json"
            && await answer.Content.ReadFromJsonAsync(ControlJson.Default.Problem, cancel).ConfigureAwait(false) is { } problem)
        {
            return problem.Detail ?? problem.Title;
        }

        return $"{answer.RequestMessage?.RequestUri} answered {(int)answer.StatusCode} {answer.ReasonPhrase}";
    }
}

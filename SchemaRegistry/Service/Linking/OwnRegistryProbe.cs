using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace SchemaRegistry.Service.Linking;

/// <summary>
/// Finds out whether an address leads to the very registry that asks, under whatever name and through whatever door: a word that nobody else knows is
/// sent there, and either comes here or does not. Other regions over the same log pass it on to the one that writes, where exporters run. What the
/// target answers counts for nothing. Thread-safe; each tenant has one.
/// </summary>
internal sealed class OwnRegistryProbe(HttpClient client, TimeSpan atMost, TimeProvider time)
{
    /// <summary>Request: the word.</summary>
    public const string Header = "Federation-Exporter-Probe";

    /// <summary>An endpoint that every registry has, and that changes nothing.</summary>
    private const string Path = "v1/metadata/id";

    private readonly ConcurrentDictionary<string, bool> _words = new(StringComparer.Ordinal);

    /// <summary>Notes that a word came; false for one that is not of here.</summary>
    public bool Came(string word) => _words.TryUpdate(word, true, false) || _words.ContainsKey(word);

    /// <summary>Asks. Throws nothing but <see cref="OperationCanceledException"/>, when whoever asks does not want to know any more.</summary>
    public async Task<ProbeResult> AskAsync(ExportTarget target, CancellationToken cancel)
    {
        var word = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        _words[word] = false;
        try
        {
            // It may have come although no answer did.
            var why = await SendAsync(target, word, cancel);
            return new ProbeResult(_words[word], why);
        }
        finally
        {
            _words.TryRemove(word, out _);
        }
    }

    /// <summary>Why no answer came; null when one did.</summary>
    private async Task<string?> SendAsync(ExportTarget target, string word, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(target.Url.AbsoluteUri + Path));
            request.Headers.Authorization = target.Authorization;
            request.Headers.Add(Header, word);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);

            // What stands before a registry that is away answers for it, as a region does that cannot reach the one that writes: the word went no further.
            return (int)response.StatusCode >= 500 || response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
                ? $"it answered {(int)response.StatusCode}"
                : null;
        }
        catch (Exception failure) when (failure is HttpRequestException or SocketException)
        {
            return failure.Message;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return "it did not answer in time";
        }
    }
}

/// <summary>What asking a target came to.</summary>
/// <param name="IsOwn">It is this registry. False means another one only where it answered.</param>
/// <param name="Unanswered">Why it did not answer; null when it did.</param>
internal readonly record struct ProbeResult(bool IsOwn, string? Unanswered);

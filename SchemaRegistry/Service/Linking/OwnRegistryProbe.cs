using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace SchemaRegistry.Service.Linking;

/// <summary>
/// Finds out whether an address leads to the very registry that asks, under whatever name and through whatever door: a word that nobody else knows is
/// sent there, and either comes here or does not. Other regions over the same log pass it on to the one that writes, where exporters run. What the
/// target answers counts for nothing. Thread-safe; each tenant has one.
/// </summary>
internal sealed class OwnRegistryProbe(HttpClient client)
{
    /// <summary>Request: the word.</summary>
    public const string Header = "Federation-Exporter-Probe";

    /// <summary>An endpoint that every registry has, and that changes nothing.</summary>
    private const string Path = "v1/metadata/id";

    /// <summary>Whoever sets up an exporter waits so long for a target that is silent. Its copy asks again.</summary>
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, bool> _words = new(StringComparer.Ordinal);

    /// <summary>Notes that a word came; false for one that is not of here.</summary>
    public bool Came(string word) => _words.TryUpdate(word, true, false) || _words.ContainsKey(word);

    /// <summary>False for a target that cannot be reached, too: nothing is copied there.</summary>
    public async Task<bool> IsOwnAsync(ExportTarget target, CancellationToken cancel)
    {
        var word = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        _words[word] = false;
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        late.CancelAfter(AtMost);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(target.Url.AbsoluteUri + Path));
            request.Headers.Authorization = target.Authorization;
            request.Headers.Add(Header, word);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, late.Token);
        }
        catch (Exception failure) when (failure is HttpRequestException or SocketException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            // It may have come all the same.
        }

        return _words.TryRemove(word, out var came) && came;
    }
}

using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Messages;

namespace Federation.Mirror.Kafka;

/// <summary>
/// One connection to one broker, made when first needed and again after it broke, with the versions that both sides speak. Any thread may call.
/// A broker that answers nothing for <see cref="AnswerLimit"/> while something is asked counts as gone.
/// </summary>
internal sealed class ClusterConnection(string host, int port, string clientId, bool isPrivateApi = false) : IAsyncDisposable
{
    /// <summary>Longer than any long poll and any append that still makes sense to wait for.</summary>
    public static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private Task<Open>? _open;
    private bool _isClosed;

    private sealed record Open(FrameClient Client, Dictionary<short, VersionRange> Versions);

    /// <summary>Where it goes.</summary>
    public (string Host, int Port) Address => (host, port);

    /// <summary>It was made and has ended since; the next call makes it again, to whatever answers there now.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_gate)
            {
                return _open is { IsCompletedSuccessfully: true } open && !open.Result.Client.IsOpen;
            }
        }
    }

    /// <summary>
    /// Asks and awaits the answer, in the highest version that both know. Calls of one connection leave in their order. Throws <see cref="IOException"/>,
    /// <see cref="System.Net.Sockets.SocketException"/>, <see cref="TimeoutException"/>, <see cref="WireFormatException"/>; <see cref="NotSupportedException"/> when no version fits.
    /// </summary>
    /// <param name="minVersion">Below it the request cannot say what is meant.</param>
    public async ValueTask<FrameReply<TResponse>> CallAsync<TRequest, TResponse>(TRequest request, short minVersion = 0)
        where TRequest : IWireMessage<TRequest>, new()
        where TResponse : IWireMessage<TResponse>, new()
    {
        var open = await ConnectAsync().ConfigureAwait(false);
        var version = VersionFor<TRequest>(open, minVersion);
        using var limit = new CancellationTokenSource(AnswerLimit);
        try
        {
            return await open.Client.CallAsync<TRequest, TResponse>(request, version, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await open.Client.DisposeAsync().ConfigureAwait(false);
            throw new TimeoutException($"{host}:{port} did not answer {TRequest.Key} within {AnswerLimit.TotalSeconds:0} s");
        }
        catch (WireFormatException)
        {
            await open.Client.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task<Open>? open;
        lock (_gate)
        {
            _isClosed = true;
            open = _open;
        }

        if (open is not null)
        {
            await open.ContinueWith(o => o.IsCompletedSuccessfully ? o.Result.Client.DisposeAsync().AsTask() : Task.CompletedTask, TaskScheduler.Default).Unwrap().ConfigureAwait(false);
        }
    }

    private short VersionFor<TRequest>(Open open, short minVersion)
        where TRequest : IWireMessage<TRequest>, new()
    {
        if (isPrivateApi)
        {
            return TRequest.Versions.Max;
        }

        var key = TRequest.Key!.Value;
        if (!open.Versions.TryGetValue((short)key, out var served) || Math.Min(served.Max, TRequest.Versions.Max) is var version
            && (version < served.Min || version < TRequest.Versions.Min || version < minVersion))
        {
            throw new NotSupportedException($"{host}:{port} does not serve {key} in version {Math.Max(minVersion, TRequest.Versions.Min)} or above");
        }

        return version;
    }

    private Task<Open> ConnectAsync()
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                return Task.FromException<Open>(new IOException($"the connection to {host}:{port} is not wanted any more"));
            }

            var isUsable = _open is { } open && (!open.IsCompleted || (open.IsCompletedSuccessfully && open.Result.Client.IsOpen));
            return isUsable ? _open! : _open = MakeAsync();
        }
    }

    private async Task<Open> MakeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        FrameClient? client = null;
        try
        {
            client = await FrameClient.ConnectAsync(host, port, clientId, limit.Token).ConfigureAwait(false);
            var versions = new Dictionary<short, VersionRange>();
            if (!isPrivateApi)
            {
                var request = new ApiVersionsRequest { ClientSoftwareName = "federation-link", ClientSoftwareVersion = "1" };
                using var reply = await client.CallAsync<ApiVersionsRequest, ApiVersionsResponse>(request, 3, limit.Token).ConfigureAwait(false);
                foreach (var api in reply.Message.ApiKeys)
                {
                    versions[api.ApiKey] = new(api.MinVersion, api.MaxVersion);
                }
            }

            return new(client, versions);
        }
        catch (Exception e)
        {
            if (client is not null)
            {
                await client.DisposeAsync().ConfigureAwait(false);
            }

            throw e is OperationCanceledException ? new TimeoutException($"no connection to {host}:{port} within 10 s") : new IOException($"{host}:{port}: {e.Message}", e);
        }
    }
}

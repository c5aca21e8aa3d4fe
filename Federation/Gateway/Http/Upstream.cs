using System.Net;
using System.Net.Sockets;

namespace Federation.Gateway.Http;

/// <summary>Connections to the services behind the door.</summary>
internal static class Upstream
{
    /// <summary>
    /// Connects. Throws what connecting throws, and <see cref="IOException"/> when it takes too long: the HTTP client's own time-out looks like
    /// a request that was cancelled, which may have been sent.
    /// </summary>
    public static async ValueTask<Stream> ConnectAsync(DnsEndPoint to, TimeSpan atMost, CancellationToken cancel)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        late.CancelAfter(atMost);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(to, late.Token).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            socket.Dispose();
            throw new IOException($"{to.Host}:{to.Port} did not accept a connection within {atMost.TotalMilliseconds:F0} ms");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

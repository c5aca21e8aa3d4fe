using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Broker.Node;

/// <summary>
/// Serves the metrics text over HTTP/1.1, one request a connection. Not a web server: whatever is asked for, the answer is the metrics, so
/// nothing of the request matters but its end.
/// </summary>
internal sealed class MetricsEndpoint : IDisposable
{
    // A scraper's request is a few hundred bytes; more is not read.
    private const int MaxRequestBytes = 8192;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly TcpListener _listener;
    private readonly Func<string> _text;
    private readonly CancellationTokenSource _stop = new();

    private MetricsEndpoint(IPEndPoint bind, Func<string> text)
    {
        _listener = new TcpListener(bind);
        _text = text;
    }

    /// <summary>Opens the port. Throws <see cref="SocketException"/> when it is taken.</summary>
    public static MetricsEndpoint Start(IPEndPoint bind, Func<string> text)
    {
        var endpoint = new MetricsEndpoint(bind, text);
        endpoint._listener.Start();
        _ = endpoint.AcceptAsync();
        return endpoint;
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException || _stop.IsCancellationRequested)
            {
                return;
            }
            catch (SocketException)
            {
                // A client that was gone before it was accepted.
                continue;
            }

            _ = AnswerAsync(client);
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using var owned = client;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            limit.CancelAfter(Patience);
            var stream = client.GetStream();
            var request = new byte[MaxRequestBytes];
            var length = 0;
            while (length < request.Length && request.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
            {
                var read = await stream.ReadAsync(request.AsMemory(length), limit.Token).ConfigureAwait(false);
                if (read == 0)
                {
                    return;
                }

                length += read;
            }

            var body = Encoding.UTF8.GetBytes(_text());
            var head = Encoding.ASCII.GetBytes(
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
                + $"Content-Length: {body.Length}\r\nConnection: close\r\n\r\n");
            await stream.WriteAsync(head, limit.Token).ConfigureAwait(false);
            await stream.WriteAsync(body, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The scraper is gone, or the node is.
        }
    }
}

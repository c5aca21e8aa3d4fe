using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Loadtests.Registry;

/// <summary>
/// One keep-alive connection with one request under way, on the caller's thread: what is measured is the server and not a client library.
/// It reads what servers of this bench send: a status line, headers with Content-Length, a body. Throws <see cref="IOException"/> for anything else.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private const int MaxAnswerBytes = 32 * 1024 * 1024;
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _buffer = new byte[64 * 1024];

    public HttpConnection(int port) => _socket.Connect(IPAddress.Loopback, port);

    /// <summary>A request's bytes.</summary>
    public static byte[] Request(string method, string path, string? body = null) => Encoding.UTF8.GetBytes(
        body is null
            ? $"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/vnd.schemaregistry.v1+json\r\n\r\n"
            : $"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/vnd.schemaregistry.v1+json\r\nContent-Type: application/vnd.schemaregistry.v1+json\r\n"
                + $"Content-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");

    /// <summary>Sends a request; the status, and the body until the next call.</summary>
    public (int Status, ReadOnlyMemory<byte> Body) Ask(ReadOnlySpan<byte> request)
    {
        while (!request.IsEmpty)
        {
            request = request[_socket.Send(request)..];
        }

        var filled = 0;
        int headEnd;
        while ((headEnd = _buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8)) < 0)
        {
            filled += Receive(filled);
        }

        var head = _buffer.AsSpan(0, headEnd + 2);
        if (!Utf8Parser.TryParse(head[9..12], out int status, out _))
        {
            throw new IOException("no status");
        }

        var at = head.IndexOf("Content-Length: "u8);
        if (at < 0 || !Utf8Parser.TryParse(head[(at + 16)..], out int length, out _) || length > MaxAnswerBytes)
        {
            throw new IOException($"an answer without a usable length: {Encoding.UTF8.GetString(head)}");
        }

        var bodyAt = headEnd + 4;
        while (filled < bodyAt + length)
        {
            filled += Receive(filled);
        }

        return (status, _buffer.AsMemory(bodyAt, length));
    }

    public void Dispose() => _socket.Dispose();

    private int Receive(int at)
    {
        if (at == _buffer.Length)
        {
            Array.Resize(ref _buffer, 2 * _buffer.Length);
        }

        var received = _socket.Receive(_buffer.AsSpan(at));
        return received > 0 ? received : throw new IOException("the server closed the connection");
    }
}

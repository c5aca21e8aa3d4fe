using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Protocol.Transport;
using Protocol.Transport.Sockets;
using Protocol.Transport.Sockets.Portable;
using Protocol.Wire.Codec;

namespace Tests.Unit.Transport;

/// <summary>Which sockets a test runs on: those of the machine, and those that every machine has.</summary>
public enum Kind
{
    Native,
    Portable,
}

/// <summary>A handler made of a function, which notes that its connection was closed.</summary>
internal sealed class FunctionHandler(Func<ReceivedFrame, CancellationToken, ValueTask<Answer>> handle) : IConnectionHandler
{
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Closed => _closed.Task;

    public ValueTask<Answer> HandleAsync(ReceivedFrame frame, CancellationToken closed) => handle(frame, closed);

    public void OnClosed() => Assert.True(_closed.TrySetResult(), "closed twice");
}

/// <summary>Keeps the lines that were logged.</summary>
internal sealed class LogLines : ILogger
{
    private readonly ConcurrentQueue<string> _lines = new();

    public IReadOnlyList<string> Lines => [.. _lines];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue(formatter(state, exception) + (exception is null ? "" : ": " + exception.Message));
}

/// <summary>A server on loops of its own, on a free port.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly ConcurrentQueue<FunctionHandler> _handlers = new();

    public TestServer(
        Func<ReceivedFrame, CancellationToken, ValueTask<Answer>> handle,
        Kind kind = Kind.Native,
        int threads = 2,
        int? maxFrameBytes = null,
        int? maxConnections = null,
        TimeSpan? maxIdle = null)
    {
        Loops = new EventLoops(threads, kind == Kind.Native ? SocketPlatform.Native : new PortableSockets());
        var options = new FrameServerOptions
        {
            Bind = new IPEndPoint(IPAddress.Loopback, 0),
            Accept = _ =>
            {
                var handler = new FunctionHandler(handle);
                _handlers.Enqueue(handler);
                return handler;
            },
            Logger = Log,
            Loops = Loops,
        };
        options = maxIdle is { } idle ? options with { MaxIdle = idle } : options;
        options = maxFrameBytes is { } bytes ? options with { MaxFrameBytes = bytes } : options;
        Server = FrameServer.Start(maxConnections is { } count ? options with { MaxConnections = count } : options);
    }

    public EventLoops Loops { get; }

    public LogLines Log { get; } = new();

    public FrameServer Server { get; }

    public FunctionHandler[] Handlers => [.. _handlers];

    public Task<FrameClient> ConnectAsync(bool inline = false) => FrameClient.ConnectAsync(
        "127.0.0.1", Server.EndPoint.Port, new FrameClientOptions { ClientId = "test", Loops = Loops, InlineContinuations = inline });

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Loops.Dispose();
    }
}

/// <summary>A client that sends any bytes in any portions.</summary>
internal sealed class RawPeer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public RawPeer(FrameServer server, int? receiveBufferBytes = null)
    {
        Socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBufferBytes is { } bytes)
        {
            Socket.ReceiveBufferSize = bytes;
        }

        Socket.Connect(server.EndPoint);
        Socket.ReceiveTimeout = (int)Patience.TotalMilliseconds;
    }

    public Socket Socket { get; }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[Socket.Send(bytes)..];
        }
    }

    /// <summary>The body of the next frame.</summary>
    public byte[] ReadFrame()
    {
        var length = new byte[4];
        ReadExactly(length);
        var body = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
        ReadExactly(body);
        return body;
    }

    /// <summary>True when nothing more comes: the server has closed the connection, with a reset or without.</summary>
    public bool IsAtEnd()
    {
        try
        {
            return Socket.Receive(new byte[1]) == 0;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return true;
        }
    }

    public void Dispose() => Socket.Dispose();

    private void ReadExactly(Span<byte> into)
    {
        while (!into.IsEmpty)
        {
            var read = Socket.Receive(into);
            Assert.True(read > 0, "the connection ended inside a frame");
            into = into[read..];
        }
    }
}

/// <summary>Frames for tests: a number in front, then bytes that follow from it.</summary>
internal static class Frames
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>A frame with its length: the number, then so many bytes of a pattern.</summary>
    public static byte[] Bytes(int number, int patternBytes = 0)
    {
        var bytes = new byte[8 + patternBytes];
        BinaryPrimitives.WriteInt32BigEndian(bytes, 4 + patternBytes);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(4), number);
        Pattern(number, bytes.AsSpan(8));
        return bytes;
    }

    public static FrameWriter Writer(int number, int patternBytes = 0)
    {
        var writer = new FrameWriter();
        writer.WriteRaw(Bytes(number, patternBytes));
        return writer;
    }

    public static int Number(ReadOnlySpan<byte> body) => BinaryPrimitives.ReadInt32BigEndian(body);

    public static void Check(ReadOnlySpan<byte> body, int number, int patternBytes)
    {
        Assert.Equal(4 + patternBytes, body.Length);
        Assert.Equal(number, Number(body));
        var expected = new byte[patternBytes];
        Pattern(number, expected);
        Assert.True(body[4..].SequenceEqual(expected), $"the bytes of frame {number} are not those that were sent");
    }

    public static void Pattern(int number, Span<byte> into)
    {
        for (var i = 0; i < into.Length; i++)
        {
            into[i] = (byte)(number + i + (i >> 8) + (i >> 16));
        }
    }

    /// <summary>Answers with what was asked.</summary>
    public static ValueTask<Answer> Echo(ReceivedFrame frame, CancellationToken closed)
    {
        var writer = new FrameWriter();
        writer.WriteInt32(frame.Bytes.Length);
        writer.WriteRaw(frame.Bytes.Span);
        frame.Dispose();
        return new(new Answer(writer));
    }
}

using System.Net;
using System.Runtime.CompilerServices;
using Protocol.Transport.Connections;
using Protocol.Transport.Loops;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Framing;

namespace Protocol.Transport;

/// <summary>
/// One connection to a server of the Kafka protocol, pipelined: requests leave in the order of the calls, answers are matched by their order
/// and checked by correlation id. Any thread may send. Requests that wait to be sent are not bounded here: whoever sends bounds what is under
/// way. Once broken it stays broken; its owner makes another.
/// </summary>
public sealed class FrameClient : IAsyncDisposable
{
    private readonly ClientConnection _connection;
    private int _lastCorrelationId;

    private FrameClient(ClientConnection connection, string clientId)
    {
        _connection = connection;
        ClientId = clientId;
    }

    /// <summary>Completed when the connection has ended, for whatever reason.</summary>
    public Task Ended => _connection.Ended;

    /// <summary>Whether a request could still be sent.</summary>
    public bool IsOpen => _connection.IsOpen;

    /// <summary>The name under which the client presents itself (client id of every request it makes itself).</summary>
    public string ClientId { get; }

    /// <summary>Connects. Throws <see cref="System.Net.Sockets.SocketException"/> or <see cref="OperationCanceledException"/>.</summary>
    public static Task<FrameClient> ConnectAsync(string host, int port, string clientId, CancellationToken cancel = default) =>
        ConnectAsync(host, port, new FrameClientOptions { ClientId = clientId }, cancel);

    /// <summary>
    /// Connects, to the first address of the host that answers. Called on a loop's thread, the connection lives on that loop; what follows runs
    /// there too, unless the host's name has to be looked up.
    /// Throws <see cref="System.Net.Sockets.SocketException"/> or <see cref="OperationCanceledException"/>.
    /// </summary>
    public static async Task<FrameClient> ConnectAsync(string host, int port, FrameClientOptions options, CancellationToken cancel = default)
    {
        var loop = EventLoop.Current ?? (options.Loops ?? EventLoops.Shared).Next();
        IPAddress[] addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancel).ConfigureAwait(false);
        for (var i = 0; ; i++)
        {
            var connection = new ClientConnection(loop, options.MaxResponseFrameBytes, options.InlineContinuations);
            try
            {
                if (addresses.Length == 0)
                {
                    throw new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.HostNotFound);
                }

                await new Connecting(loop, new IPEndPoint(addresses[i], port), connection.Open).RunAsync(cancel).ConfigureAwait(false);
            }
            catch (System.Net.Sockets.SocketException) when (i + 1 < addresses.Length)
            {
                continue;
            }

            return new FrameClient(connection, options.ClientId);
        }
    }

    /// <summary>A correlation id that no request under way has.</summary>
    public int NextCorrelationId() => Interlocked.Increment(ref _lastCorrelationId) & int.MaxValue;

    /// <summary>
    /// Sends a complete frame (header and body made by the caller, with a correlation id of <see cref="NextCorrelationId"/>) and disposes it once sent. The
    /// frame has been put in line when the call returns, so two calls one after the other leave in that order. The answer comes without its length field,
    /// beginning with the correlation id; the caller disposes it. Throws <see cref="IOException"/> when the connection ends first.
    /// The task allocates nothing and must be awaited exactly once. What follows runs on the loop's thread when the call was made there, or when
    /// <see cref="FrameClientOptions.InlineContinuations"/> says so, else on the pool.
    /// </summary>
    public ValueTask<ReceivedFrame> SendAsync(FrameWriter frame, int correlationId) =>
        _connection.Send(frame, correlationId, isOneWay: false)?.Task ?? ValueTask.FromException<ReceivedFrame>(_connection.Failure());

    /// <summary>Sends a frame to which no answer comes (Produce with acks=0). When the connection has ended the frame is dropped, as it could be on the way.</summary>
    public void SendOneWay(FrameWriter frame) => _connection.Send(frame, correlationId: 0, isOneWay: true);

    /// <summary>
    /// Sends a request and reads its answer. Slices in the answer (records, bytes) are dead once the <see cref="FrameReply{T}"/> is disposed.
    /// Throws <see cref="IOException"/> when the connection ends first, <see cref="WireFormatException"/> when the answer cannot be read. Cancelled, the
    /// wait ends, while the request takes its course and its answer is dropped.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<FrameReply<TResponse>> CallAsync<TRequest, TResponse>(TRequest request, short version, CancellationToken cancel = default)
        where TRequest : IWireMessage<TRequest>, new()
        where TResponse : IWireMessage<TResponse>, new()
    {
        cancel.ThrowIfCancellationRequested();
        var key = TRequest.Key ?? throw new ArgumentException($"{typeof(TRequest).Name} is no request");
        var correlationId = NextCorrelationId();
        var call = _connection.Send(WriteRequest(request, key, version, correlationId), correlationId, isOneWay: false)
            ?? throw _connection.Failure();
        var use = call.Use;
        ReceivedFrame frame;
        using (cancel.UnsafeRegister(_ => call.Fail(use, new OperationCanceledException(cancel)), null))
        {
            frame = await call.Task.ConfigureAwait(false);
        }

        try
        {
            var reader = new WireReader(frame.Bytes);
            ResponseHeader.ReadCorrelationId(ref reader, key, version);
            var response = new TResponse();
            response.Read(ref reader, version);
            return new FrameReply<TResponse>(response, frame);
        }
        catch
        {
            frame.Dispose();
            throw;
        }
    }

    /// <summary>Closes the connection; requests under way fail with <see cref="IOException"/>. Completed when it is closed.</summary>
    public ValueTask DisposeAsync()
    {
        var isClosing = Ended.IsCompleted || _connection.Loop.Post(() => _connection.Close(null));
        return isClosing ? new(Ended) : default;
    }

    private FrameWriter WriteRequest<TRequest>(TRequest request, ApiKey key, short version, int correlationId)
        where TRequest : IWireMessage<TRequest>, new()
    {
        var frame = new FrameWriter();
        try
        {
            frame.BeginFrame();
            new RequestHeader((short)key, version, correlationId, ClientId).Write(frame);
            request.Write(frame, version);
            frame.EndFrame();
            return frame;
        }
        catch
        {
            frame.Dispose();
            throw;
        }
    }
}

/// <summary>An answer that has been read, and the frame that its slices lie in.</summary>
public readonly struct FrameReply<T>(T message, ReceivedFrame frame) : IDisposable
{
    public T Message { get; } = message;

    public void Dispose() => frame.Dispose();
}

using Protocol.Wire.Codec;

namespace Protocol.Transport;

/// <summary>
/// One connection to a server of the Kafka protocol, pipelined: requests leave in the order of the calls, answers are matched by their order
/// and checked by correlation id. Any thread may send. Once broken it stays broken; its owner makes another.
/// </summary>
public sealed class FrameClient : IAsyncDisposable
{
    /// <summary>Completed when the connection has ended, for whatever reason.</summary>
    public Task Ended => throw new NotImplementedException();

    /// <summary>Whether a request could still be sent.</summary>
    public bool IsOpen => false;

    /// <summary>The name under which the client presents itself (client id of every request it makes itself).</summary>
    public string ClientId { get; } = "";

    /// <summary>Connects. Throws <see cref="System.Net.Sockets.SocketException"/> or <see cref="OperationCanceledException"/>.</summary>
    public static Task<FrameClient> ConnectAsync(string host, int port, string clientId, CancellationToken cancel = default) => throw new NotImplementedException();

    /// <summary>A correlation id that no request under way has.</summary>
    public int NextCorrelationId() => throw new NotImplementedException();

    /// <summary>
    /// Sends a complete frame (header and body made by the caller, with a correlation id of <see cref="NextCorrelationId"/>) and disposes it once sent. The
    /// frame has been put in line when the call returns, so two calls one after the other leave in that order. The answer comes without its length field,
    /// beginning with the correlation id; the caller disposes it. Throws <see cref="IOException"/> when the connection ends first.
    /// </summary>
    public ValueTask<ReceivedFrame> SendAsync(FrameWriter frame, int correlationId) => throw new NotImplementedException();

    /// <summary>Sends a frame to which no answer comes (Produce with acks=0).</summary>
    public void SendOneWay(FrameWriter frame) => throw new NotImplementedException();

    /// <summary>
    /// Sends a request and reads its answer. Slices in the answer (records, bytes) are dead once the <see cref="FrameReply{T}"/> is disposed.
    /// Throws <see cref="IOException"/> when the connection ends first, <see cref="WireFormatException"/> when the answer cannot be read.
    /// </summary>
    public ValueTask<FrameReply<TResponse>> CallAsync<TRequest, TResponse>(TRequest request, short version, CancellationToken cancel = default)
        where TRequest : IWireMessage<TRequest>, new()
        where TResponse : IWireMessage<TResponse>, new() => throw new NotImplementedException();

    public ValueTask DisposeAsync() => throw new NotImplementedException();
}

/// <summary>An answer that has been read, and the frame that its slices lie in.</summary>
public readonly struct FrameReply<T>(T message, ReceivedFrame frame) : IDisposable
{
    public T Message { get; } = message;

    public void Dispose() => frame.Dispose();
}

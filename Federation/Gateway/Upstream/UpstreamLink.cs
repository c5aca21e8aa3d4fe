using Federation.Gateway.Connections;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Messages;

namespace Federation.Gateway.Upstream;

/// <summary>
/// One client connection's own connection to one broker (docs/decisions/0003-upstream-connections.md). Requests reach the broker in the
/// order of the calls, whether the connection stands already or is being made. It is made when first needed and made again when the
/// broker closed it with nothing under way. Owned by the client connection; safe for any thread.
/// </summary>
internal sealed class UpstreamLink(UpstreamBroker broker, string clientId, AnswerBudget budget) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Queue<Waiting> _waiting = new();
    private readonly CancellationTokenSource _closing = new();
    private FrameClient? _client;
    private bool _isConnecting;
    private bool _isClosed;

    public UpstreamBroker Broker => broker;

    /// <summary>
    /// Sends a request; the answer is the caller's to dispose. Null: the broker could not be reached and nothing was sent. Throws
    /// <see cref="IOException"/> when the connection ended first: then nobody knows whether the broker acted on the request.
    /// A one-way request is answered by an empty frame of the broker's behind it: when that came, the request was taken.
    /// </summary>
    public ValueTask<ReceivedFrame?> SendAsync(UpstreamRequest request)
    {
        lock (_gate)
        {
            if (_isClosed)
            {
                throw new IOException("the client is gone");
            }

            if (_waiting.Count == 0 && _client is { IsOpen: true } client && budget.Allows(request.ReservedBytes))
            {
                return Send(client, request);
            }

            var waiting = new Waiting(request);
            _waiting.Enqueue(waiting);
            Pump();
            return new(waiting.Answer.Task);
        }
    }

    /// <summary>Sends what had to wait for the client to read.</summary>
    public void Resume()
    {
        lock (_gate)
        {
            Pump();
        }
    }

    public void Dispose()
    {
        FrameClient? client;
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            client = _client;
            _client = null;
            while (_waiting.TryDequeue(out var waiting))
            {
                waiting.Answer.TrySetException(new IOException("the client is gone"));
            }
        }

        _closing.Cancel();
        if (client is not null)
        {
            _ = client.DisposeAsync().AsTask();
        }
    }

    // Within the gate: what is put in line here leaves in this order.
    private ValueTask<ReceivedFrame?> Send(FrameClient client, UpstreamRequest request)
    {
        var correlationId = client.NextCorrelationId();
        var frame = request.Encode(correlationId);
        if (request.ReservedBytes > 0)
        {
            budget.Take(request.ReservedBytes);
            request.Reserve();
        }

        if (!request.OneWay)
        {
            return client.SendAsync(frame, correlationId)!;
        }

        client.SendOneWay(frame);
        var behind = client.NextCorrelationId();
        return client.SendAsync(new UpstreamRequest(ApiKey.ApiVersions, 0, request.ClientId, new ApiVersionsRequest()).Encode(behind), behind)!;
    }

    private void Pump()
    {
        while (_waiting.TryPeek(out var next))
        {
            if (_client is not { IsOpen: true } client)
            {
                Connect();
                return;
            }

            if (!budget.Allows(next.Request.ReservedBytes))
            {
                return;
            }

            _waiting.Dequeue();
            try
            {
                next.Complete(Send(client, next.Request));
            }
            catch (Exception e) when (e is IOException or WireFormatException or OverflowException or ObjectDisposedException)
            {
                next.Answer.TrySetException(e);
            }
        }
    }

    private void Connect()
    {
        if (_isConnecting || _isClosed)
        {
            return;
        }

        _isConnecting = true;
        _client = null;
        _ = ConnectAsync();
    }

    // Begun on the caller's thread, though within the gate: on a loop of the transport the connection then lives on the client's own loop.
    private async Task ConnectAsync()
    {
        FrameClient? client = null;
        try
        {
            client = await broker.ConnectAsync(clientId, _closing.Token).ConfigureAwait(false);
        }
        finally
        {
            Connected(client);
        }
    }

    private void Connected(FrameClient? client)
    {
        lock (_gate)
        {
            _isConnecting = false;
            if (!_isClosed)
            {
                _client = client;
                if (client is not null)
                {
                    Pump();
                    return;
                }

                while (_waiting.TryDequeue(out var waiting))
                {
                    waiting.Answer.TrySetResult(null);
                }

                return;
            }
        }

        if (client is not null)
        {
            _ = client.DisposeAsync().AsTask();
        }
    }

    private sealed class Waiting(UpstreamRequest request)
    {
        public UpstreamRequest Request => request;

        public TaskCompletionSource<ReceivedFrame?> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Complete(ValueTask<ReceivedFrame?> sent) => _ = CompleteAsync(sent);

        private async Task CompleteAsync(ValueTask<ReceivedFrame?> sent)
        {
            try
            {
                var frame = await sent.ConfigureAwait(false);
                if (!Answer.TrySetResult(frame))
                {
                    frame?.Dispose();
                }
            }
            catch (Exception e)
            {
                Answer.TrySetException(e);
            }
        }
    }
}

using System.Net.Sockets;
using Federation.Core.Routing;
using Kernel.Machines;
using Microsoft.Extensions.Logging;
using Protocol.Transport;

namespace Federation.Gateway.Upstream;

/// <summary>
/// A broker behind the gateway, as far as reaching it goes. While it is down, connections are tried by one caller a back-off and refused
/// to the others at once: a thousand clients of a dead broker must not make a thousand connection attempts. Safe for any thread.
/// </summary>
internal sealed class UpstreamBroker(BrokerAddress address, GatewayOptions options, GatewayMetrics metrics)
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LastBackoff = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private bool _isDown;
    private TimeSpan _backoff = FirstBackoff;
    private Instant _retryAt;

    public BrokerAddress Address => address;

    public int NodeId => address.NodeId;

    /// <summary>Whether the last attempt to reach it failed.</summary>
    public bool IsDown => Volatile.Read(ref _isDown);

    /// <summary>Set when the broker came back: it may be of another release now, so its versions have to be asked again.</summary>
    public bool CameBack { get; set; }

    /// <summary>A new connection; null when the broker cannot be reached now, in which case nothing was sent.</summary>
    public async Task<FrameClient?> ConnectAsync(string clientId, CancellationToken cancel)
    {
        lock (_gate)
        {
            if (_isDown)
            {
                var now = options.Clock.Monotonic;
                if (now < _retryAt)
                {
                    return null;
                }

                // Others are refused while this attempt runs.
                _retryAt = now + options.UpstreamTimeout;
            }
        }

        using var timeout = new CancellationTokenSource(options.UpstreamTimeout, options.Clock.Provider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        try
        {
            var client = await FrameClient.ConnectAsync(address.Host, address.Port, clientId, either.Token).ConfigureAwait(false);
            Up();
            return client;
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            if (cancel.IsCancellationRequested)
            {
                GiveBackAttempt();
            }
            else
            {
                Down(e is OperationCanceledException ? $"no connection within {options.UpstreamTimeout.TotalSeconds:0.#} s" : e.Message);
            }

            return null;
        }
    }

    private void Up()
    {
        metrics.UpstreamConnected();
        lock (_gate)
        {
            if (!_isDown)
            {
                return;
            }

            _isDown = false;
            _backoff = FirstBackoff;
            CameBack = true;
        }

        options.Logger.LogInformation("broker {Node} at {Host}:{Port} can be reached again", address.NodeId, address.Host, address.Port);
    }

    private void Down(string reason)
    {
        metrics.UpstreamConnectFailed();
        bool isNews;
        lock (_gate)
        {
            isNews = !_isDown;
            _isDown = true;
            _retryAt = options.Clock.Monotonic + _backoff;
            _backoff = TimeSpan.FromTicks(Math.Min(_backoff.Ticks * 2, LastBackoff.Ticks));
        }

        if (isNews)
        {
            options.Logger.LogWarning("broker {Node} at {Host}:{Port} cannot be reached: {Reason}", address.NodeId, address.Host, address.Port, reason);
        }
    }

    private void GiveBackAttempt()
    {
        lock (_gate)
        {
            _retryAt = options.Clock.Monotonic;
        }
    }
}

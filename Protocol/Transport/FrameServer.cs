using System.Net;
using Protocol.Transport.Connections;
using Protocol.Transport.Loops;
using Protocol.Transport.Sockets;

namespace Protocol.Transport;

/// <summary>
/// Accepts connections and turns their bytes into frames of the Kafka protocol (a four-byte length, then the body). Owned by the host that
/// opened it. Frames of one connection reach its <see cref="IConnectionHandler"/> in order; answers leave in the order of the requests.
/// Between calls it holds its port and its connections, which are spread over the loops in turn.
/// </summary>
public sealed class FrameServer : IAsyncDisposable
{
    private static long _lastConnectionId;

    private readonly FrameServerOptions _options;
    private readonly EventLoops _loops;
    private readonly EventLoop _acceptLoop;
    private readonly Acceptor _acceptor;
    private readonly LoopTimer _idleSweep;
    private readonly Lock _lock = new();
    private readonly HashSet<ServerConnection> _connections = [];
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isAccepting = true;
    private bool _isStopping;
    private bool _isCutShort;

    private FrameServer(FrameServerOptions options)
    {
        _options = options;
        _loops = options.Loops ?? EventLoops.Shared;
        _acceptLoop = _loops.Next();
        var socket = _acceptLoop.Platform.Listen(options.Bind);
        EndPoint = socket.EndPoint;
        _acceptor = new Acceptor(this, _acceptLoop, socket);
        _idleSweep = new LoopTimer(SweepIdle);
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Connections that are open now.</summary>
    public int ConnectionCount
    {
        get
        {
            lock (_lock)
            {
                return _connections.Count;
            }
        }
    }

    /// <summary>Opens the port; connections are accepted when it returns. Throws <see cref="System.Net.Sockets.SocketException"/> when the port is taken.</summary>
    public static FrameServer Start(FrameServerOptions options)
    {
        var server = new FrameServer(options);
        ObjectDisposedException.ThrowIf(!server._acceptLoop.Post(server._acceptor.Open), typeof(EventLoops));
        server._acceptLoop.Post(server.ScheduleIdleSweep);
        return server;
    }

    /// <summary>
    /// Stops accepting and reading, lets what is under way be answered for at most the drain time (zero: not at all), then closes everything.
    /// Completed when the last connection is closed. May be called again; a shorter drain time then cuts a longer one short.
    /// </summary>
    public async Task StopAsync(TimeSpan drain)
    {
        Stop(cutShort: drain <= TimeSpan.Zero);
        if (drain > TimeSpan.Zero)
        {
            await Task.WhenAny(_stopped.Task, Task.Delay(drain)).ConfigureAwait(false);
            Stop(cutShort: true);
        }

        await _stopped.Task.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync() => await StopAsync(TimeSpan.Zero).ConfigureAwait(false);

    /// <summary>Takes over a connection that was accepted.</summary>
    internal void Admit(StreamSocket socket, IPEndPoint remote)
    {
        var loop = _loops.Next();
        ServerConnection connection;
        try
        {
            if (ConnectionCount >= _options.MaxConnections)
            {
                TransportLog.TooManyConnections(_options.Logger, remote, _options.MaxConnections);
                socket.Close();
                return;
            }

            connection = new ServerConnection(this, loop, new(remote, Interlocked.Increment(ref _lastConnectionId)), _options);
        }
        catch (Exception e)
        {
            TransportLog.AcceptFailed(_options.Logger, remote, e);
            socket.Close();
            return;
        }

        lock (_lock)
        {
            _connections.Add(connection);
        }

        loop.Post(() => connection.Open(socket));
    }

    internal void OnExhausted() => TransportLog.OutOfDescriptors(_options.Logger, EndPoint);

    /// <summary>A connection is closed.</summary>
    internal void Forget(ServerConnection connection)
    {
        lock (_lock)
        {
            _connections.Remove(connection);
            CompleteIfStopped();
        }
    }

    private void Stop(bool cutShort)
    {
        lock (_lock)
        {
            if (!_isStopping)
            {
                _isStopping = true;
                _acceptLoop.Post(StopAccepting);
            }

            if (cutShort && !_isCutShort)
            {
                _isCutShort = true;
                // Behind StopAccepting, after which nobody is admitted any more.
                _acceptLoop.Post(CloseAll);
            }
        }
    }

    private void StopAccepting()
    {
        _acceptor.Close();
        _acceptLoop.Timers.Cancel(_idleSweep);
        lock (_lock)
        {
            _isAccepting = false;
        }

        ForEachConnection(c => c.Drain());
    }

    private void ScheduleIdleSweep()
    {
        if (_isAccepting && _options.MaxIdle >= TimeSpan.Zero)
        {
            _acceptLoop.Timers.Schedule(_idleSweep, _options.MaxIdle / 8);
        }
    }

    /// <summary>One look at all instead of a timer for each: a timer outlives its connection, and a rush of short ones would leave a heap of them.</summary>
    private void SweepIdle()
    {
        var limit = _options.MaxIdle;
        lock (_lock)
        {
            foreach (var connection in _connections.Where(c => c.IsSilent(limit)))
            {
                connection.Loop.Post(() => connection.CloseIfSilent(limit));
            }
        }

        ScheduleIdleSweep();
    }

    private void CloseAll() => ForEachConnection(c => c.Close(null));

    private void ForEachConnection(Action<ServerConnection> act)
    {
        lock (_lock)
        {
            foreach (var connection in _connections)
            {
                connection.Loop.Post(() => act(connection));
            }

            CompleteIfStopped();
        }
    }

    private void CompleteIfStopped()
    {
        if (!_isAccepting && _connections.Count == 0)
        {
            _stopped.TrySetResult();
        }
    }
}

using System.Net;
using System.Net.Sockets;
using Protocol.Transport.Loops;
using Protocol.Transport.Sockets;

namespace Protocol.Transport.Connections;

/// <summary>One attempt to connect, on a loop. Whoever asked from the loop's thread continues there; others know nothing of loops and must not stall one.</summary>
internal sealed class Connecting(EventLoop loop, IPEndPoint remote, Action<StreamSocket> connected) : IReadySink
{
    private readonly TaskCompletionSource _done = new(
        loop.IsCurrent ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);

    private StreamSocket? _socket;
    private bool _isDone;

    /// <summary>Connects and hands the socket over on the loop's thread. Throws <see cref="SocketException"/> or <see cref="OperationCanceledException"/>.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        await using var registration = cancel.Register(() => loop.Post(() => End(new OperationCanceledException(cancel))));
        ObjectDisposedException.ThrowIf(!loop.Post(Begin), typeof(EventLoops));
        await _done.Task.ConfigureAwait(false);
    }

    public void OnReady(Interest ready)
    {
        if (_socket!.ConnectFailure() is { } failure)
        {
            End(failure);
            return;
        }

        var socket = _socket;
        _socket = null;
        _isDone = true;
        loop.Poller.Remove(socket);
        connected(socket);
        _done.TrySetResult();
    }

    private void Begin()
    {
        if (_isDone)
        {
            return;
        }

        try
        {
            _socket = loop.Platform.BeginConnect(remote);
            _socket.Sink = this;
            loop.Poller.Add(_socket, Interest.Write);
        }
        catch (Exception e)
        {
            End(e);
        }
    }

    private void End(Exception failure)
    {
        if (_isDone)
        {
            return;
        }

        _isDone = true;
        if (_socket is { } socket)
        {
            loop.Poller.Remove(socket);
            socket.Close();
        }

        _done.TrySetException(failure);
    }
}

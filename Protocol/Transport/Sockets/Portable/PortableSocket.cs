using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Protocol.Transport.Sockets.Portable;

/// <summary>A stream by the runtime's socket. Files are copied.</summary>
internal sealed class PortableSocket(Socket socket) : StreamSocket
{
    private readonly List<ArraySegment<byte>> _segments = [];

    public Socket Socket => socket;

    public override bool CanSendFile => false;

    public override int Receive(Span<byte> first, Span<byte> second)
    {
        var received = socket.Receive(first, SocketFlags.None, out var error);
        if (error != SocketError.Success)
        {
            return Result(error);
        }

        if (received == first.Length && !second.IsEmpty)
        {
            // What this second call meets (nothing there, the end, a failure) is met again by the next one.
            var more = socket.Receive(second, SocketFlags.None, out error);
            received += error == SocketError.Success ? more : 0;
        }

        return received;
    }

    public override int Send(OutputGather output, bool more)
    {
        _segments.Clear();
        foreach (var segment in output.Segments)
        {
            _segments.Add(MemoryMarshal.TryGetArray(segment, out var array) ? array : new ArraySegment<byte>(segment.ToArray()));
        }

        var sent = socket.Send(_segments, SocketFlags.None, out var error);
        _segments.Clear();
        return error == SocketError.Success ? sent : Result(error);
    }

    public override int SendFile(FileSlice slice, int from) => Unsupported;

    public override SocketException? ConnectFailure()
    {
        var error = (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
        return error == 0 ? null : new SocketException(error);
    }

    public override void Close() => socket.Dispose();

    private int Result(SocketError error)
    {
        if (error is SocketError.WouldBlock or SocketError.IOPending or SocketError.Interrupted or SocketError.TryAgain)
        {
            return WouldBlock;
        }

        Failure = new SocketException((int)error).Message;
        return Failed;
    }
}

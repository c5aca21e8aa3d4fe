using System.Buffers;
using System.Net.Sockets;

namespace Protocol.Transport.Sockets.Linux;

/// <summary>A stream socket by its descriptor. The loop that owns it is the only one to use and to close it, so no handle guards the descriptor.</summary>
internal sealed unsafe class LinuxSocket(int descriptor) : StreamSocket
{
    /// <summary>Largest count that one sendfile takes.</summary>
    private const int MaxSendFileBytes = 0x7FFF_F000;

    private int _descriptor = descriptor;
    private bool _canSendFile = true;

    public int Descriptor => _descriptor;

    public override bool CanSendFile => _canSendFile;

    public override int Receive(Span<byte> first, Span<byte> second)
    {
        fixed (byte* one = first)
        fixed (byte* two = second)
        {
            var vectors = stackalloc Libc.IoVector[2];
            vectors[0] = new() { Base = one, Length = (nuint)first.Length };
            vectors[1] = new() { Base = two, Length = (nuint)second.Length };
            while (true)
            {
                var received = second.IsEmpty
                    ? Libc.Receive(_descriptor, one, (nuint)first.Length, 0)
                    : Libc.ReadVector(_descriptor, vectors, 2);
                if (received >= 0)
                {
                    return (int)received;
                }

                if (Libc.Errno != Libc.EINTR)
                {
                    return Result(Libc.Errno);
                }
            }
        }
    }

    public override int Send(OutputGather output, bool more)
    {
        var flags = Libc.MSG_NOSIGNAL | (more ? Libc.MSG_MORE : 0);
        while (true)
        {
            var sent = output.Count == 1 ? SendOne(output.Segments[0].Span, flags) : SendMany(output.Segments, flags);
            if (sent >= 0)
            {
                return (int)sent;
            }

            if (Libc.Errno != Libc.EINTR)
            {
                return Result(Libc.Errno);
            }
        }
    }

    public override int SendFile(FileSlice slice, int from)
    {
        var file = slice.File;
        var held = false;
        try
        {
            file.DangerousAddRef(ref held);
            while (true)
            {
                var offset = slice.Offset + from;
                var count = (nuint)Math.Min(MaxSendFileBytes, slice.LengthBytes - from);
                var sent = Libc.SendFile(_descriptor, (int)file.DangerousGetHandle(), &offset, count);
                if (sent > 0)
                {
                    return (int)sent;
                }

                if (sent == 0)
                {
                    throw new EndOfStreamException($"the file ends {slice.LengthBytes - from} bytes before the end of the slice");
                }

                var errno = Libc.Errno;
                if (errno is Libc.EINVAL or Libc.ENOSYS)
                {
                    // Some file systems have no sendfile; reading works on all.
                    _canSendFile = false;
                    return Unsupported;
                }

                if (errno != Libc.EINTR)
                {
                    return Result(errno);
                }
            }
        }
        finally
        {
            if (held)
            {
                file.DangerousRelease();
            }
        }
    }

    public override SocketException? ConnectFailure()
    {
        int error;
        uint length = sizeof(int);
        if (Libc.GetSocketOption(_descriptor, Libc.SOL_SOCKET, Libc.SO_ERROR, &error, &length) < 0)
        {
            error = Libc.Errno;
        }

        return error == 0 ? null : LinuxSockets.ToException(error);
    }

    public override void Close()
    {
        if (_descriptor >= 0)
        {
            _ = Libc.Close(_descriptor);
            _descriptor = -1;
        }
    }

    private nint SendOne(ReadOnlySpan<byte> bytes, int flags)
    {
        fixed (byte* one = bytes)
        {
            return Libc.Send(_descriptor, one, (nuint)bytes.Length, flags);
        }
    }

    private nint SendMany(ReadOnlySpan<ReadOnlyMemory<byte>> segments, int flags)
    {
        var pins = new Pins();
        var vectors = stackalloc Libc.IoVector[OutputGather.MaxSegments];
        try
        {
            for (var i = 0; i < segments.Length; i++)
            {
                pins[i] = segments[i].Pin();
                vectors[i] = new() { Base = (byte*)pins[i].Pointer, Length = (nuint)segments[i].Length };
            }

            var message = new Libc.MessageHeader { Vectors = vectors, VectorCount = (nuint)segments.Length };
            return Libc.SendMessage(_descriptor, &message, flags);
        }
        finally
        {
            for (var i = 0; i < segments.Length; i++)
            {
                pins[i].Dispose();
            }
        }
    }

    private int Result(int errno)
    {
        if (errno == Libc.EAGAIN)
        {
            return WouldBlock;
        }

        Failure = Libc.Describe(errno);
        return Failed;
    }

    [System.Runtime.CompilerServices.InlineArray(OutputGather.MaxSegments)]
    private struct Pins
    {
        private MemoryHandle _first;
    }
}

using System.Buffers;
using Protocol.Transport.Sockets;

namespace Protocol.Transport.Connections;

/// <summary>
/// Cuts a stream into frames. A frame's first bytes arrive in the loop's scratch memory; the rest of one that is longer is received where it
/// stays. Memory follows what has arrived, not what was announced. Between frames it holds nothing. Owned by one connection.
/// </summary>
/// <param name="maxFrameBytes">A longer frame is refused.</param>
/// <param name="trustedBytes">Up to this length a frame gets its memory at once; a longer one as its bytes arrive. At least the scratch memory's size.</param>
internal sealed class FrameReceiver(int maxFrameBytes, int trustedBytes)
{
    /// <summary>Frames from this length on are called large.</summary>
    private const int LargeFrameBytes = 16 * 1024;

    /// <summary>Behind a large frame so much is read along: the next length and a header, little to copy if it belongs to another large one.</summary>
    private const int ReadAlongBytes = 2048;

    /// <summary>A frame whose memory is full gets so many times as much: one copy of a small part for most frames, and whoever wants memory has to send a sixteenth of it.</summary>
    private const int GrowthFactor = 16;

    private byte[]? _frame;
    private int _frameLength;
    private int _filled;
    private int _headerBytes;
    private uint _header;
    private bool _large;
    private byte[] _restArray = [];
    private int _restAt;
    private int _restEnd;
    private byte[]? _ownRest;

    /// <summary>The length that made <see cref="TryNext"/> refuse the stream.</summary>
    public int BadLength { get; private set; }

    /// <summary>Whether a length was refused. Nothing can be read after it.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>Whether bytes have been received that <see cref="TryNext"/> has not looked at.</summary>
    public bool HasRest => _restAt < _restEnd;

    /// <summary>Reads once. There must be no rest. Bytes received or a negative result of <see cref="StreamSocket"/>.</summary>
    /// <param name="isDrained">Whether less came than there was room for: reading again would find nothing.</param>
    public int Receive(StreamSocket socket, byte[] scratch, out bool isDrained)
    {
        Span<byte> first = default;
        Span<byte> second = _large ? scratch.AsSpan(0, ReadAlongBytes) : scratch;
        if (_frame is { } frame)
        {
            if (_filled == frame.Length)
            {
                frame = Grow(frame);
            }

            first = frame.AsSpan(_filled, Math.Min(frame.Length, _frameLength) - _filled);
            second = _filled + first.Length == _frameLength ? second : default;
        }

        var room = first.Length + second.Length;
        var received = first.IsEmpty ? socket.Receive(second, default) : socket.Receive(first, second);
        isDrained = received < room;
        if (received > 0)
        {
            var direct = Math.Min(received, first.Length);
            _filled += direct;
            _restArray = scratch;
            _restAt = 0;
            _restEnd = received - direct;
        }

        return received;
    }

    /// <summary>The next frame that is complete. False: more has to be received, or the stream was refused.</summary>
    public bool TryNext(out ReceivedFrame? frame)
    {
        frame = null;
        if (_frame is null && !IsRefused && TakeLength())
        {
            Begin();
        }

        if (_frame is null || _filled < _frameLength)
        {
            return false;
        }

        _large = _frameLength >= LargeFrameBytes;
        frame = new ReceivedFrame(_frame, _frameLength);
        _frame = null;
        return true;
    }

    /// <summary>Moves a rest out of the loop's scratch memory, because its connection stops reading for a while.</summary>
    public void KeepRest()
    {
        if (!HasRest)
        {
            ReturnOwnRest();
        }
        else if (_restArray != _ownRest)
        {
            var length = _restEnd - _restAt;
            var own = ArrayPool<byte>.Shared.Rent(length);
            _restArray.AsSpan(_restAt, length).CopyTo(own);
            ReturnOwnRest();
            _restArray = _ownRest = own;
            _restAt = 0;
            _restEnd = length;
        }
    }

    /// <summary>Gives all memory back. Nothing may be received afterwards.</summary>
    public void Drop()
    {
        if (_frame is { } frame)
        {
            ArrayPool<byte>.Shared.Return(frame);
            _frame = null;
        }

        _restAt = _restEnd = 0;
        ReturnOwnRest();
    }

    /// <summary>Takes the length field, which may arrive in parts. True when the length is known and allowed.</summary>
    private bool TakeLength()
    {
        while (_headerBytes < sizeof(int) && HasRest)
        {
            _header = (_header << 8) | _restArray[_restAt++];
            _headerBytes++;
        }

        if (_headerBytes < sizeof(int))
        {
            return false;
        }

        _frameLength = (int)_header;
        _headerBytes = 0;
        if (_frameLength > 0 && _frameLength <= maxFrameBytes)
        {
            return true;
        }

        BadLength = _frameLength;
        IsRefused = true;
        _frameLength = 0;
        return false;
    }

    private void Begin()
    {
        var rest = _restArray.AsSpan(_restAt, Math.Min(_restEnd - _restAt, _frameLength));
        _frame = ArrayPool<byte>.Shared.Rent(Math.Min(_frameLength, trustedBytes));
        rest.CopyTo(_frame);
        _filled = rest.Length;
        _restAt += rest.Length;
    }

    private byte[] Grow(byte[] full)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(_frameLength, (long)full.Length * GrowthFactor));
        full.AsSpan(0, _filled).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(full);
        _frame = larger;
        return larger;
    }

    private void ReturnOwnRest()
    {
        if (_ownRest is { } own)
        {
            ArrayPool<byte>.Shared.Return(own);
            _ownRest = null;
        }
    }
}

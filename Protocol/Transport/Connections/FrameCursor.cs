using Protocol.Wire.Codec;

namespace Protocol.Transport.Connections;

/// <summary>How far a frame has been sent: through its buffer and the bytes that are spliced into it. The default value is its beginning.</summary>
internal struct FrameCursor
{
    private int _bufferAt;
    private int _splice;
    private int _spliceAt;

    /// <summary>The rest of the piece that comes next: memory, or bytes that are elsewhere (<paramref name="external"/> from <paramref name="from"/> on). False at the frame's end.</summary>
    public bool TryPiece(FrameWriter frame, out ReadOnlyMemory<byte> memory, out IExternalBytes? external, out int from, out int length)
    {
        while (true)
        {
            memory = default;
            external = null;
            from = 0;
            var splices = frame.Splices;
            var bufferEnd = _splice < splices.Count ? splices[_splice].At : frame.Buffer.Length;
            if (_bufferAt < bufferEnd)
            {
                memory = frame.Buffer[_bufferAt..bufferEnd];
                length = memory.Length;
                return true;
            }

            if (_splice == splices.Count)
            {
                length = 0;
                return false;
            }

            var records = splices[_splice].Records;
            length = records.LengthBytes - _spliceAt;
            if (length > 0)
            {
                external = records.External;
                from = _spliceAt;
                memory = external is null ? records.Memory[_spliceAt..] : default;
                return true;
            }

            _splice++;
            _spliceAt = 0;
        }
    }

    /// <summary>Moves on, within the piece that <see cref="TryPiece"/> gave last.</summary>
    public void Move(FrameWriter frame, int bytes)
    {
        var splices = frame.Splices;
        var bufferEnd = _splice < splices.Count ? splices[_splice].At : frame.Buffer.Length;
        if (_bufferAt < bufferEnd)
        {
            _bufferAt += bytes;
        }
        else
        {
            _spliceAt += bytes;
        }
    }
}

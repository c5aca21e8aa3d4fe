using Microsoft.Win32.SafeHandles;
using Protocol.Wire.Codec;

namespace Protocol.Transport;

/// <summary>
/// A range of an open file, which the transport hands to sendfile on plaintext connections and copies elsewhere. The range must stay as it is
/// until <see cref="Dispose"/>: appends behind it are fine, truncation below its end is not.
/// </summary>
/// <param name="file">Open for reading; not owned.</param>
/// <param name="offset">Where the range begins.</param>
/// <param name="lease">What keeps the file open; disposed once with the slice. Null: the file outlives everything.</param>
public sealed class FileSlice(SafeFileHandle file, long offset, int lengthBytes, IDisposable? lease = null) : IExternalBytes
{
    private IDisposable? _lease = lease;

    public SafeFileHandle File => file;

    public long Offset => offset;

    public int LengthBytes => lengthBytes;

    public int CopyTo(int from, Span<byte> destination)
    {
        var wanted = destination[..Math.Min(destination.Length, lengthBytes - from)];
        if (wanted.IsEmpty)
        {
            return 0;
        }

        var read = RandomAccess.Read(file, wanted, offset + from);
        return read > 0 ? read : throw new EndOfStreamException($"the file ends {lengthBytes - from} bytes before the end of the slice");
    }

    public void Dispose() => Interlocked.Exchange(ref _lease, null)?.Dispose();
}

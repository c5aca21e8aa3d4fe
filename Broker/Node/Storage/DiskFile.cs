using System.Diagnostics;
using Hosting.Durability;
using Microsoft.Win32.SafeHandles;
using Protocol.Transport;
using Protocol.Wire.Codec;

namespace Broker.Node.Storage;

/// <summary>An open file of the real disk.</summary>
internal sealed class DiskFile(string path, SafeFileHandle handle, StorageMetrics metrics) : IStorageFile
{
    public long LengthBytes => RandomAccess.GetLength(handle);

    public void Write(ReadOnlySpan<byte> bytes, long position) => RandomAccess.Write(handle, bytes, position);

    public int Read(Span<byte> destination, long position)
    {
        var total = 0;
        while (total < destination.Length)
        {
            var read = RandomAccess.Read(handle, destination[total..], position + total);
            if (read == 0)
            {
                break;
            }

            total += read;
        }

        return total;
    }

    public void Sync()
    {
        var started = Stopwatch.GetTimestamp();
        Disk.SyncData(handle, path);
        metrics.CountSync(Stopwatch.GetElapsedTime(started));
    }

    public void SetLength(long lengthBytes) => RandomAccess.SetLength(handle, lengthBytes);

    public IExternalBytes Slice(long position, int lengthBytes, IDisposable lease) => new FileSlice(handle, position, lengthBytes, lease);

    public void Dispose() => handle.Dispose();
}

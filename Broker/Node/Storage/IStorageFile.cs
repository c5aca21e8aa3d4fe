using Protocol.Wire.Codec;

namespace Broker.Node.Storage;

/// <summary>An open file of an <see cref="IStorage"/>. Positions are explicit, so any thread may read while one writes. Closed by Dispose.</summary>
public interface IStorageFile : IDisposable
{
    /// <summary>Bytes in the file now.</summary>
    long LengthBytes { get; }

    /// <summary>Writes all bytes at a position. When it throws, any part of them may be in the file.</summary>
    void Write(ReadOnlySpan<byte> bytes, long position);

    /// <summary>Reads until the destination is full or the file ends; returns how many bytes.</summary>
    int Read(Span<byte> destination, long position);

    /// <summary>Makes content and length durable. After it threw, nothing is known of any byte written since the last success.</summary>
    void Sync();

    /// <summary>Cuts the file, or lengthens it with zeros.</summary>
    void SetLength(long lengthBytes);

    /// <summary>A range for the transport to send without copying. The lease is disposed once with it and keeps the file open.</summary>
    IExternalBytes Slice(long position, int lengthBytes, IDisposable lease);
}

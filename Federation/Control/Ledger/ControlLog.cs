using System.Buffers.Binary;
using Hosting.Durability;
using Kernel;
using Microsoft.Win32.SafeHandles;

namespace Federation.Control.Ledger;

/// <summary>
/// The control ledger's file: entries of length, CRC-32C and bytes, one behind the other. An append returns when it is on disk. A torn end
/// (power cut while writing) is cut at the next opening; damage in the middle is refused, since what follows it was acknowledged.
/// One owner; after a failed append the log is broken and stays so until it is opened again.
/// </summary>
internal sealed class ControlLog : IDisposable
{
    private const int HeadBytes = 8;
    private readonly SafeFileHandle _file;
    private readonly string _path;
    private long _end;
    private bool _broken;

    private ControlLog(SafeFileHandle file, string path, long end)
    {
        _file = file;
        _path = path;
        _end = end;
    }

    /// <summary>Opens or makes the file and gives its entries. Throws <see cref="InvalidDataException"/> for damage that is not a torn end.</summary>
    public static ControlLog Open(string path, Action<ReadOnlyMemory<byte>> onEntry)
    {
        var bytes = File.Exists(path) ? File.ReadAllBytes(path) : [];
        var end = ReadEntries(bytes, onEntry, path);
        var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            if (end < bytes.Length)
            {
                RandomAccess.SetLength(file, end);
            }

            // Also where nothing is new: what was found may be in memory only, name and content, left behind by a process that was killed.
            Disk.SyncData(file, path);
            var folder = Path.GetDirectoryName(path)!;
            Disk.SyncDirectory(folder);
            Disk.SyncDirectory(Path.GetDirectoryName(folder)!);
            return new ControlLog(file, path, end);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Appends entries as one write; they are on disk when it returns. Throws <see cref="IOException"/>.</summary>
    public void Append(IReadOnlyList<byte[]> entries)
    {
        if (_broken)
        {
            throw new IOException($"{_path} could not be written earlier; restart to go on");
        }

        var bytes = new byte[entries.Sum(e => e.Length + HeadBytes)];
        var at = 0;
        foreach (var entry in entries)
        {
            Ensure.That(entry.Length is > 0 and <= Limits.MaxControlEntryBytes, "an entry of the control log has a bound");
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at), entry.Length);
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at + 4), Crc32C.Compute(entry));
            entry.CopyTo(bytes.AsSpan(at + HeadBytes));
            at += HeadBytes + entry.Length;
        }

        try
        {
            RandomAccess.Write(_file, bytes, _end);
            Disk.SyncData(_file, _path);
            _end += bytes.Length;
        }
        catch
        {
            _broken = true;
            throw;
        }
    }

    public void Dispose() => _file.Dispose();

    private static int ReadEntries(byte[] bytes, Action<ReadOnlyMemory<byte>> onEntry, string path)
    {
        var at = 0;
        while (TryReadEntry(bytes, at, out var entry))
        {
            onEntry(entry);
            at += HeadBytes + entry.Length;
        }

        // A cut or half-written entry can only be the last one: nothing is written behind an entry that is not yet on disk.
        for (var later = at + 1; later < bytes.Length; later++)
        {
            if (TryReadEntry(bytes, later, out _))
            {
                throw new InvalidDataException($"{path} is damaged at byte {at}, with whole entries behind it: restore it from another copy");
            }
        }

        return at;
    }

    private static bool TryReadEntry(byte[] bytes, int at, out ReadOnlyMemory<byte> entry)
    {
        entry = default;
        if (bytes.Length - at < HeadBytes)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
        if (length is <= 0 or > Limits.MaxControlEntryBytes || length > bytes.Length - at - HeadBytes)
        {
            return false;
        }

        entry = bytes.AsMemory(at + HeadBytes, length);
        return Crc32C.Compute(entry.Span) == BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at + 4));
    }
}

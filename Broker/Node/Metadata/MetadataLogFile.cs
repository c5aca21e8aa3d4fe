using System.Globalization;
using Broker.Core.Metadata;
using Broker.Node.Storage;
using Hosting.Durability;
using Microsoft.Win32.SafeHandles;

namespace Broker.Node.Metadata;

/// <summary>
/// The files of the metadata log: one at a time, named by the version of the image that it begins with (20 digits, `.log`). A compaction
/// writes the next one aside, makes it durable, gives it its name and deletes the one before; whatever moment the power is cut at, the one
/// with the highest number is whole. Owned by <see cref="MetadataStore"/>, used by one thread at a time.
/// </summary>
internal sealed class MetadataLogFile : IDisposable
{
    private const string Extension = ".log";
    private const string TemporaryExtension = ".tmp";

    private readonly string _directory;
    private readonly WriteAt _write;
    private string _path;
    private SafeFileHandle _file;

    private MetadataLogFile(string directory, WriteAt write, string path, SafeFileHandle file, long length, long snapshotBytes)
    {
        _directory = directory;
        _write = write;
        _path = path;
        _file = file;
        LengthBytes = length;
        SnapshotBytes = snapshotBytes;
    }

    /// <summary>Writes to a file, as <see cref="RandomAccess"/> does; tests have a disk that is full.</summary>
    internal delegate void WriteAt(SafeFileHandle file, ReadOnlySpan<byte> bytes, long position);

    /// <summary>Bytes of the file.</summary>
    public long LengthBytes { get; private set; }

    /// <summary>Bytes that it had when it was made.</summary>
    public long SnapshotBytes { get; private set; }

    /// <summary>
    /// Opens the log and replays it into an empty ledger; makes one when there is none. Throws <see cref="IOException"/> with the file's name
    /// when it cannot be read.
    /// </summary>
    /// <param name="cutBytes">Bytes at the end that were half-written and are gone now.</param>
    public static MetadataLogFile Open(string directory, ClusterLedger ledger, WriteAt write, out long cutBytes)
    {
        cutBytes = 0;
        Directory.CreateDirectory(directory);
        Disk.SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(directory))!);
        foreach (var unfinished in Directory.EnumerateFiles(directory, "*" + TemporaryExtension))
        {
            File.Delete(unfinished);
        }

        var logs = Directory.GetFiles(directory, "*" + Extension);
        Array.Sort(logs, StringComparer.Ordinal);
        if (logs.Length == 0)
        {
            var (path, file, length) = Create(directory, write, ledger.Image);
            return new MetadataLogFile(directory, write, path, file, length, length);
        }

        foreach (var older in logs[..^1])
        {
            File.Delete(older);
        }

        return Read(directory, write, logs[^1], ledger, out cutBytes);
    }

    /// <summary>
    /// Writes at the end and returns when it is durable. Throws <see cref="WriteRefusedException"/> with nothing written, as on a full disk. After any
    /// other exception the end of the file is unknown: nothing may be written any more.
    /// </summary>
    public void Append(ReadOnlyMemory<byte> entries)
    {
        try
        {
            _write(_file, entries.Span, LengthBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            RandomAccess.SetLength(_file, LengthBytes);
            throw new WriteRefusedException(e);
        }

        Disk.SyncData(_file, _path);
        LengthBytes += entries.Length;
    }

    /// <summary>
    /// Replaces the log by one that begins with the image. Throws <see cref="WriteRefusedException"/> with the log as it was. After any other exception
    /// nobody knows which of the two comes up: nothing may be written any more.
    /// </summary>
    public void Compact(ClusterImage image)
    {
        var before = _path;
        var (path, file, length) = Create(_directory, _write, image);
        _file.Dispose();
        (_path, _file, LengthBytes, SnapshotBytes) = (path, file, length, length);
        if (before != path)
        {
            File.Delete(before);
            Disk.SyncDirectory(_directory);
        }
    }

    public void Dispose() => _file.Dispose();

    private static MetadataLogFile Read(string directory, WriteAt write, string path, ClusterLedger ledger, out long cutBytes)
    {
        var bytes = File.ReadAllBytes(path);
        int good;
        try
        {
            good = MetadataLogFormat.Replay(bytes, ledger);
        }
        catch (MetadataLogException e)
        {
            throw new IOException($"The metadata log {path} cannot be used: {e.Message}. Nothing was changed; restore the file from a copy.", e);
        }

        cutBytes = bytes.Length - good;
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        if (cutBytes > 0)
        {
            RandomAccess.SetLength(file, good);
        }

        // Also without a cut: what was read may be in memory only, left behind by a process that was killed before its fdatasync.
        Disk.SyncData(file, path);
        Disk.SyncDirectory(directory);
        return new MetadataLogFile(directory, write, path, file, good, MetadataLogFormat.NewFile(ledger.Image).Length);
    }

    private static (string Path, SafeFileHandle File, long Length) Create(string directory, WriteAt write, ClusterImage image)
    {
        var path = Path.Combine(directory, image.Version.ToString("D20", CultureInfo.InvariantCulture) + Extension);
        var temporary = path + TemporaryExtension;
        var bytes = MetadataLogFormat.NewFile(image);
        SafeFileHandle? file = null;
        var isMoved = false;
        try
        {
            file = File.OpenHandle(temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
            write(file, bytes, 0);
            Disk.SyncData(file, temporary);
            File.Move(temporary, path, overwrite: true);
            isMoved = true;
            Disk.SyncDirectory(directory);
            return (path, file, bytes.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            if (isMoved)
            {
                throw;
            }

            File.Delete(temporary);
            throw new WriteRefusedException(e);
        }
    }
}

/// <summary>The disk took none of a write, and what was there before is as it was.</summary>
internal sealed class WriteRefusedException(Exception cause) : IOException(cause.Message, cause);

using System.Runtime.InteropServices;
using Xunit;

namespace Tests.World.Harness;

/// <summary>
/// A small ext4 file system on a loop device, whose power can be cut: the shutdown ioctl stops the file system without writing its log, so
/// that what was not fsynced is gone at the next mount. Needs root and loop devices.
/// </summary>
internal sealed partial class LoopVolume : IAsyncDisposable
{
    private const ulong Ext4IocShutdown = 0x8004587D;
    private const uint NoLogFlush = 2;
    private readonly string _folder = Directory.CreateTempSubdirectory("federation-volume-").FullName;
    private string? _device;
    private bool _isMounted;

    /// <summary>Where it is mounted.</summary>
    public string MountPoint => Path.Combine(_folder, "mnt");

    /// <summary>Makes and mounts it; ends the test as skipped where that is not allowed.</summary>
    public static async Task<LoopVolume> CreateAsync(int megabytes)
    {
        RealParts.Need(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "root on Linux");
        RealParts.Program("mkfs.ext4");
        RealParts.Program("losetup");
        var volume = new LoopVolume();
        var image = Path.Combine(volume._folder, "image");
        Directory.CreateDirectory(volume.MountPoint);
        await using (var file = File.Create(image))
        {
            file.SetLength(megabytes * 1024L * 1024);
        }

        await Run.AsyncOk("mkfs.ext4", ["-q", "-F", image]);
        try
        {
            volume._device = (await Run.AsyncOk("losetup", ["-f", "--show", image])).Trim();
        }
        catch (Xunit.Sdk.XunitException e)
        {
            await volume.DisposeAsync();
            RealParts.Need(false, $"a loop device ({e.Message.Split('\n')[0]})");
        }

        await volume.MountAsync();
        return volume;
    }

    /// <summary>Cuts the power: nothing that was not synced survives. Open files give errors from now on.</summary>
    public void CutPower()
    {
        var descriptor = Open(MountPoint, 0);
        Assert.True(descriptor >= 0, "the mount point cannot be opened");
        var flags = NoLogFlush;
        var result = Ioctl(descriptor, Ext4IocShutdown, ref flags);
        var errno = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        Assert.True(result == 0, $"the shutdown ioctl failed with errno {errno}");
    }

    /// <summary>Mounts again what the power cut left. Whoever had files open must be gone.</summary>
    public async Task RemountAsync()
    {
        await UnmountAsync();
        await MountAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_isMounted)
        {
            await UnmountAsync();
        }

        if (_device is not null)
        {
            await Run.AsyncOk("losetup", ["-d", _device]);
        }

        Directory.Delete(_folder, recursive: true);
    }

    private async Task MountAsync()
    {
        await Run.AsyncOk("mount", [_device!, MountPoint]);
        _isMounted = true;
    }

    private async Task UnmountAsync()
    {
        await Run.AsyncOk("umount", [MountPoint]);
        _isMounted = false;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Ioctl(int descriptor, ulong request, ref uint argument);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}

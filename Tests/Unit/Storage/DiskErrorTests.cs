using Hosting.Durability;

namespace Tests.Unit.Storage;

/// <summary>What a refused call to the disk is taken for.</summary>
public class DiskErrorTests
{
    [Fact]
    public void A_full_disk_is_the_machines_trouble()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full");
        using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        Assert.True(Disk.IsOutOfOrder(Assert.ThrowsAny<IOException>(() => full.Write([1]))));
    }

    [Fact]
    public void A_path_that_leads_nowhere_is_not()
    {
        var folder = Directory.CreateTempSubdirectory("federation-disk-").FullName;
        try
        {
            var file = Path.Combine(folder, "file");
            File.WriteAllText(file, "");
            Assert.False(Disk.IsOutOfOrder(Assert.ThrowsAny<IOException>(() => Disk.CreateDirectory(Path.Combine(file, "below")))));
            Assert.False(Disk.IsOutOfOrder(Assert.ThrowsAny<IOException>(() => Disk.SyncDirectory(Path.Combine(folder, "missing")))));
            Assert.False(Disk.IsOutOfOrder(new UnauthorizedAccessException()));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void The_error_number_of_a_system_call_is_kept()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "error numbers are of Linux");
        Assert.Equal(2, Assert.Throws<IOException>(() => Disk.SyncDirectory("/no/such/folder")).HResult);
    }
}

using System.Diagnostics;
using SchemaRegistry.Service.Log;
using SchemaRegistry.Service.State;
using Tests.Registry.Subjects;
using Xunit;

namespace Tests.Registry.Service;

/// <summary>A log that lost its end, as in a power cut of a broker that does not sync, and what a snapshot of more than that is worth.</summary>
public class CutLogTests
{
    /// <summary>Else it would come back once the log is longer than it again, with other records.</summary>
    [Fact]
    public async Task A_snapshot_of_more_than_the_log_holds_is_removed()
    {
        var folder = Directory.CreateTempSubdirectory("registry-snapshot");
        try
        {
            var path = Path.Combine(folder.FullName, "demo.schemas");
            var storage = new MemorySchemaLog.Storage();
            await using (var registry = TenantRegistryTests.Open(storage, new SnapshotFile(path)))
            {
                foreach (var text in (string[])["a", "b", "c", "d"])
                {
                    await registry.ExecuteAsync(TenantRegistryTests.Register($"old-{text}", text), default);
                }
            }

            Assert.True(File.Exists(path));
            storage.CutTo(2);
            await using var cut = TenantRegistryTests.Open(storage, new SnapshotFile(path));
            await cut.CaughtUp;
            Assert.Equal(["old-a", "old-b"], cut.Image.Subjects.Keys.Order());
            Assert.False(File.Exists(path));
            foreach (var text in (string[])["e", "f", "g"])
            {
                await cut.ExecuteAsync(TenantRegistryTests.Register($"new-{text}", text), default);
            }

            // The process that wrote them is killed: it leaves no snapshot.
            await using var next = TenantRegistryTests.Open(storage, new SnapshotFile(path));
            await next.CaughtUp;
            Assert.Equal(LedgerRun.Text(cut.Image), LedgerRun.Text(next.Image));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_snapshot_of_a_log_that_was_cut_under_the_registry_is_removed()
    {
        var folder = Directory.CreateTempSubdirectory("registry-snapshot");
        try
        {
            var path = Path.Combine(folder.FullName, "demo.schemas");
            var storage = new MemorySchemaLog.Storage();
            await using (var registry = TenantRegistryTests.Open(storage, new SnapshotFile(path)))
            {
                await registry.ExecuteAsync(TenantRegistryTests.Register("a", "a"), default);
                await registry.ExecuteAsync(TenantRegistryTests.Register("b", "b"), default);
            }

            await using var open = TenantRegistryTests.Open(storage, new SnapshotFile(path));
            await open.CaughtUp;
            storage.CutTo(1);
            for (var patience = Stopwatch.StartNew(); open.Applied != 1; await Task.Yield())
            {
                Assert.InRange(patience.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(1));
            }


            Assert.False(File.Exists(path));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

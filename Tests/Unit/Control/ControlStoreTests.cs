using Federation.Control.Ledger;
using Federation.Core.Homes;
using Hosting;
using Kernel.Ids;

namespace Tests.Unit.Control;

public sealed class ControlStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("federation-control-").FullName;

    private string LogPath => Path.Combine(_folder, "federation.log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_answered_is_there_at_the_next_start()
    {
        using (var store = Fill())
        {
            Assert.Equal(2, store.Image.Topics.Count);
        }

        using var again = ControlStore.Open(_folder, Clock.System);
        Assert.Equal(["demo.b", "demo.c"], again.Image.Topics.Keys);
        Assert.Equal(["demo.a"], again.Image.Leaving.Keys);
        Assert.Equal("-1", again.Image.Topics["demo.b"].Configs["retention.ms"]);
        Assert.Equal(1, again.Execute(new FederationCommand.JoinRegion(new RegionId("us"))).Slot);
    }

    [Fact]
    public void A_log_cut_at_any_byte_opens_with_a_prefix_and_goes_on()
    {
        Fill().Dispose();
        var whole = File.ReadAllBytes(LogPath);
        var versions = new HashSet<long>();
        for (var cut = 0; cut < whole.Length; cut++)
        {
            File.WriteAllBytes(LogPath, whole[..cut]);
            using (var store = ControlStore.Open(_folder, Clock.System))
            {
                versions.Add(store.Image.Version);
                store.Execute(new FederationCommand.JoinRegion(new RegionId("later")));
            }

            using var again = ControlStore.Open(_folder, Clock.System);
            Assert.Contains("later", again.Image.Regions.Keys);
        }

        Assert.Equal([0, 1, 2, 3, 4, 5], versions.Order());
    }

    [Fact]
    public void Damage_before_whole_entries_is_refused()
    {
        Fill().Dispose();
        var bytes = File.ReadAllBytes(LogPath);
        bytes[10] ^= 1;
        File.WriteAllBytes(LogPath, bytes);
        var refused = Assert.Throws<InvalidDataException>(() => ControlStore.Open(_folder, Clock.System));
        Assert.Contains("damaged at byte 0", refused.Message, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(LogPath));
    }

    [Fact]
    public void A_home_that_was_made_is_known_at_the_next_start_and_noted_once()
    {
        var id = Guid.NewGuid();
        using (var store = Fill())
        {
            Assert.Null(store.Image.Topics["demo.b"].HomeId);
            store.Execute(new FederationCommand.NoteHome("demo", "b", id));
            var version = store.Image.Version;
            Assert.Equal(FederationError.None, store.Execute(new FederationCommand.NoteHome("demo", "b", id)).Error);
            Assert.Equal(FederationError.Conflict, store.Execute(new FederationCommand.NoteHome("demo", "b", Guid.NewGuid())).Error);
            Assert.Equal(FederationError.NotFound, store.Execute(new FederationCommand.NoteHome("demo", "a", id)).Error);
            Assert.Equal(version, store.Image.Version);
        }

        using var again = ControlStore.Open(_folder, Clock.System);
        Assert.Equal((id, null), (again.Image.Topics["demo.b"].HomeId, again.Image.Topics["demo.c"].HomeId));
    }

    [Fact]
    public void Readers_are_told_of_every_change()
    {
        using var store = ControlStore.Open(_folder, Clock.System);
        var seen = new List<long>();
        store.Changed += () => seen.Add(store.Image.Version);
        store.Execute(new FederationCommand.JoinRegion(new RegionId("eu")));
        store.Execute(new FederationCommand.JoinRegion(new RegionId("eu")));
        store.Execute(FederationLedgerTests.Create("a", "eu"));
        Assert.Equal([1, 2], seen);
    }

    private ControlStore Fill()
    {
        var store = ControlStore.Open(_folder, Clock.System);
        store.Execute(new FederationCommand.JoinRegion(new RegionId("eu")));
        store.Execute(new FederationCommand.JoinRegion(new RegionId("us")));
        store.Execute(FederationLedgerTests.Create("a", "eu", "us"));
        store.Execute(FederationLedgerTests.Create("b", "eu", "us"));
        store.Execute(FederationLedgerTests.Create("c", "us"));
        store.Execute(new FederationCommand.DeleteTopic("demo", "a"));
        return store;
    }
}

using Tests.Unit.Storage;

namespace Tests.Unit.Partitions;

/// <summary>
/// Ends the life of a process right before its n-th sync, by a kill or a power cut: what follows on the old disk never was. There is no new disk
/// when the life had fewer syncs.
/// </summary>
internal sealed class EndBeforeSync
{
    private int _syncs;

    /// <param name="endLife">Called first, on the thread that wants to sync: from here on nobody is told anything.</param>
    public EndBeforeSync(FaultyStorage disk, Action endLife, int atSync, int seed)
    {
        disk.OnSync = _ =>
        {
            if (Interlocked.Increment(ref _syncs) == atSync)
            {
                endLife();
                var random = new Random(seed);
                Disk = random.Next(3) == 0 ? disk.Kill() : disk.CutPower(random);
            }
        };
    }

    /// <summary>The disk after the end.</summary>
    public FaultyStorage? Disk { get; private set; }
}

using Broker.Node.Storage;
using CsCheck;
using Kernel.Ids;

namespace Tests.Unit.Storage;

public class IndexAndEpochTests
{
    [Fact]
    public void The_tail_knows_the_last_batches_and_says_when_it_does_not() => Gen.Int[1, 400].Sample(count =>
    {
        var tail = new TailPositions();
        for (var i = 0; i < count; i++)
        {
            tail.Add(i * 3L, i * 10);
        }

        for (var i = 0; i < count; i++)
        {
            var expected = i >= count - 128 ? i * 10 : -1;
            Assert.Equal(expected, tail.FindOffset((i * 3L) + 2));
            Assert.Equal(expected, tail.FindBoundary((i * 10) + 9));
        }
    });

    [Fact]
    public void The_tail_never_tears_under_its_writer()
    {
        var tail = new TailPositions();
        var writer = Task.Run(() =>
        {
            for (var i = 0; i < 300_000; i++)
            {
                tail.Add(i, i * 2);
            }
        });
        var random = new Random(1);
        while (!writer.IsCompleted)
        {
            var offset = random.Next(300_000);
            var found = tail.FindOffset(offset);
            Assert.True(found == -1 || found <= offset * 2, $"{found} for {offset}");
            Assert.Equal(0, Math.Max(0, found) % 2);
        }

        Assert.Equal(599_998, tail.FindOffset(299_999));
    }

    [Fact]
    public void Index_searches_agree_with_a_list_before_and_after_the_files() => Gen.Select(Gen.Int[0, 60], Gen.Int).Sample((count, seed) =>
    {
        var disk = new FaultyStorage();
        disk.CreateDirectory("/x");
        var index = new SegmentIndex(disk, "/x/0.index", "/x/0.timeindex", 0, 0);
        var random = new Random(seed);
        var entries = new List<(int Offset, int Position, long Time)>();
        var (offset, position, time) = (0, 0, 0L);
        for (var i = 0; i < count; i++)
        {
            (offset, position, time) = (offset + random.Next(1, 5), position + random.Next(61, 200), time + random.Next(1, 4));
            entries.Add((offset, position, time));
            index.Add(offset, position, time, offset);
            if (random.Next(5) == 0)
            {
                index.Store();
            }
        }

        index.Store();
        Check(index, entries);
        index.Unload();
        Check(index, entries);
        Check(new SegmentIndex(disk, "/x/0.index", "/x/0.timeindex", index.OffsetCount, index.TimeCount), entries);
        if (count > 0)
        {
            var cut = entries[random.Next(count)];
            index.TruncateTo(cut.Position, cut.Offset);
            entries.RemoveAll(entry => entry.Position >= cut.Position);
            Check(index, entries);
            Check(new SegmentIndex(disk, "/x/0.index", "/x/0.timeindex", entries.Count, entries.Count), entries);
        }
    });

    private static void Check(SegmentIndex index, List<(int Offset, int Position, long Time)> entries)
    {
        for (var probe = -1; probe < 300; probe++)
        {
            var byOffset = entries.FindLast(entry => entry.Offset <= probe);
            Assert.Equal(byOffset == default ? null : byOffset.Position, index.Floor(probe)?.Position);
            var byPosition = entries.FindLast(entry => entry.Position <= probe * 20);
            Assert.Equal(byPosition == default ? null : byPosition.Offset, index.FloorOfPosition(probe * 20)?.RelativeLastOffset);
            var byTime = entries.FindLast(entry => entry.Time <= probe);
            Assert.Equal(byTime == default ? null : byTime.Offset, index.FloorOfTime(probe)?.RelativeOffset);
        }
    }

    [Fact]
    public void Epochs_come_back_from_their_file_and_bad_files_are_refused()
    {
        var epochs = new LeaderEpochs();
        Assert.True(epochs.Assign(2, 0));
        Assert.False(epochs.Assign(2, 5));
        Assert.False(epochs.Assign(1, 5));
        Assert.False(epochs.Assign(-1, 5));
        Assert.True(epochs.Assign(4, 10));
        var loaded = new LeaderEpochs();
        Assert.True(loaded.TryLoad(epochs.ToFile()));
        Assert.Equal(epochs.Entries, loaded.Entries);
        Assert.Equal((2, 10), loaded.EndOf(3, 4, 20));
        Assert.Equal((1, 0), loaded.EndOf(1, 4, 20));
        Assert.True(loaded.RaiseStart(7));
        Assert.Equal([new EpochStart(2, 7), new EpochStart(4, 10)], loaded.Entries);
        Assert.True(loaded.RaiseStart(10));
        Assert.Equal([new EpochStart(4, 10)], loaded.Entries);
        foreach (var bad in (string[])["", "0\n", "1\n0\n", "0\n2\n1 5\n", "0\n1\n1 x\n", "0\n2\n2 1\n1 5\n", "0\n2\n1 5\n2 4\n", "0\n1\n15\n"])
        {
            Assert.False(loaded.TryLoad(System.Text.Encoding.ASCII.GetBytes(bad)), bad);
        }
    }

    [Fact]
    public void Checkpoints_come_back_from_their_file_and_bad_files_say_nothing()
    {
        var offsets = new Dictionary<TopicPartition, long> { [new("a-b.c", 0)] = 5, [new("a", 12)] = long.MaxValue };
        Assert.Equal(offsets, OffsetCheckpoint.TryRead(OffsetCheckpoint.ToFile(offsets)));
        Assert.Empty(OffsetCheckpoint.TryRead(OffsetCheckpoint.ToFile([]))!);
        foreach (var bad in (string[])["", "0\n1\n", "0\n1\na 0\n", "0\n1\na 0 1 2\n", "0\n1\na x 1\n", "9\n0\n"])
        {
            Assert.Null(OffsetCheckpoint.TryRead(System.Text.Encoding.ASCII.GetBytes(bad)));
        }
    }

    [Fact]
    public void No_more_files_are_open_than_the_limit_says()
    {
        var disk = new FaultyStorage();
        disk.CreateDirectory("/x");
        var open = new OpenFiles(3);
        var files = Enumerable.Range(0, 10).Select(i => new LazyFile(disk, open, $"/x/{i}")).ToArray();
        foreach (var file in files)
        {
            file.Hold(create: true).Dispose();
        }

        Assert.Equal((3, 10), (open.Count, disk.Opens));
        var held = files[0].Hold();
        for (var i = 1; i < 10; i++)
        {
            files[i].Hold().Dispose();
        }

        // Closed by the list, still open for the one that holds it.
        held.File.Write([1, 2, 3], 0);
        held.Dispose();
        open.CloseIdle();
        open.CloseIdle();
        Assert.Equal(0, open.Count);
    }
}

using System.Buffers.Binary;
using Broker.Core.Append;
using Kernel;
using Xunit;

namespace Tests.Fuzz;

/// <summary>Producer snapshots, damaged under a right checksum: loaded or not, never an exception, and what was loaded can be saved and loaded again.</summary>
public class SnapshotFuzz
{
    [Fact]
    public void Producer_snapshots() => FuzzRun.Repeat(fed => 1_000_000 + (fed * 100L), chance =>
    {
        var states = new ProducerStates(TimeSpan.FromHours(1));
        for (var i = chance.Next(12); i > 0; i--)
        {
            states.Apply(new ProducerBatch(chance.Next(4), (short)chance.Next(2), chance.Next(50), chance.Next(3), i, chance.Chance(0.3), chance.Chance(0.1)), states.EndOffset, i);
        }

        var bytes = Mutation.Of(states.ToSnapshot(), chance);
        if (bytes.Length > 6)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(2), Crc32C.Compute(bytes.AsSpan(6)));
        }

        var loaded = new ProducerStates(TimeSpan.FromHours(1));
        if (loaded.TryLoad(bytes, 100, 5))
        {
            var again = new ProducerStates(TimeSpan.FromHours(1));
            Assert.True(again.TryLoad(loaded.ToSnapshot(), 100, 5));
            Assert.Equal(loaded.ToSnapshot(), again.ToSnapshot());
            loaded.TruncateTo(chance.Next(100));
            loaded.Expire(long.MaxValue);
        }
        else
        {
            Assert.Equal(0, loaded.Count);
        }

        return bytes.Length;
    });
}

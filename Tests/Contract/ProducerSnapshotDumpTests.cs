using System.Diagnostics;
using Broker.Core.Append;
using Tests.Harness;
using Xunit;

namespace Tests.Contract;

/// <summary>Kafka's own tool reads our producer snapshots, the part that only we know included.</summary>
public class ProducerSnapshotDumpTests
{
    [Fact]
    public async Task The_dump_tool_lists_the_producers()
    {
        var java = RealParts.Program("java");
        var libs = RealParts.SharedFile("peers/kafka/libs");
        var states = new ProducerStates(TimeSpan.FromDays(1));
        for (var i = 0; i < 7; i++)
        {
            states.Apply(new ProducerBatch(4711, 3, i * 10, 9, 1_700_000_000_000 + i, false, false), i * 10, nowMs: 1);
        }

        states.Apply(new ProducerBatch(4712, 0, 0, 0, 1_700_000_000_100, true, false), 70, nowMs: 1);
        var folder = Directory.CreateTempSubdirectory("snapshot-");
        try
        {
            var file = Path.Combine(folder.FullName, $"{states.EndOffset:D20}.snapshot");
            await File.WriteAllBytesAsync(file, states.ToSnapshot(), TestContext.Current.CancellationToken);
            string[] arguments = ["-cp", Path.Combine(libs, "*"), "org.apache.kafka.tools.DumpLogSegments", "--files", file];
            using var tool = Process.Start(new ProcessStartInfo(java, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var errors = tool.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var output = await tool.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await tool.WaitForExitAsync(TestContext.Current.CancellationToken);
            Assert.True(tool.ExitCode == 0, await errors);
            Assert.Contains("producerId: 4711 producerEpoch: 3 coordinatorEpoch: -1", output);
            Assert.Contains("firstSequence: 60 lastSequence: 69 lastOffset: 69", output);
            Assert.Contains("producerId: 4712 producerEpoch: 0 coordinatorEpoch: -1 currentTxnFirstOffset: OptionalLong[70]", output);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

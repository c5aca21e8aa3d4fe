using Broker.Node;

namespace Tests.Unit.Node;

public sealed class DirectoryLockTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("lock-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_directory_has_one_holder_and_the_refusal_names_both()
    {
        using (DirectoryLock.Take(_directory))
        {
            var refusal = Assert.Throws<BrokerStartException>(() => DirectoryLock.Take(_directory));
            Assert.Contains(_directory, refusal.Message, StringComparison.Ordinal);
            Assert.Contains($"pid {Environment.ProcessId}", refusal.Message, StringComparison.Ordinal);
        }

        DirectoryLock.Take(_directory).Dispose();
    }

    [Fact]
    public void What_a_killed_process_left_behind_is_no_obstacle()
    {
        File.WriteAllText(Path.Combine(_directory, "lock"), "");
        File.WriteAllText(Path.Combine(_directory, "lock.pid"), "1\n");
        DirectoryLock.Take(_directory).Dispose();
    }
}

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

    /// <summary>A link to itself is refused to everybody, as a file system that is mounted read-only is.</summary>
    [Fact]
    public void A_directory_that_cannot_be_written_is_not_said_to_be_in_use()
    {
        var path = Path.Combine(_directory, "lock");
        File.CreateSymbolicLink(path, path);
        var refusal = Assert.Throws<BrokerStartException>(() => DirectoryLock.Take(_directory));
        Assert.Contains("cannot be locked", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_killed_process_left_behind_is_no_obstacle()
    {
        File.WriteAllText(Path.Combine(_directory, "lock"), "");
        File.WriteAllText(Path.Combine(_directory, "lock.pid"), "1\n");
        DirectoryLock.Take(_directory).Dispose();
    }
}

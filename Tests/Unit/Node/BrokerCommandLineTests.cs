using Broker.Node;

namespace Tests.Unit.Node;

public class BrokerCommandLineTests
{
    [Fact]
    public void Everything_can_be_said()
    {
        Assert.True(BrokerCommandLine.TryParse(
            ["--data", "d", "--listen", "127.0.0.1:0,[::1]:5", "--advertise", "a.example:1,b.example:2", "--node-id=4", "--cluster-id", "c", "--rack", "eu", "--region-slot", "2",
                "--flush", "os", "--set", "num.partitions=3", "--set", "log.retention.ms=5", "--metrics", "localhost:0", "--verbose"],
            out var line, out var problem), problem);
        var options = line.Options;
        Assert.Equal((Path.GetFullPath("d"), 4, "c", "eu", 2, FlushMode.Os), (options.DataDirectory, options.NodeId, options.ClusterId, options.Rack, options.RegionSlot, options.Flush));
        Assert.Equal([("PLAINTEXT", "127.0.0.1:0", "a.example", 1), ("PLAINTEXT2", "[::1]:5", "b.example", 2)],
            options.Listeners.Select(l => (l.Name, l.Bind.ToString(), l.AdvertisedHost, l.AdvertisedPort)));
        Assert.Equal(("3", "5"), (options.Properties["num.partitions"], options.Properties["log.retention.ms"]));
        Assert.Equal("127.0.0.1:0", line.Metrics!.ToString());
        Assert.True(line.IsVerbose);
    }

    [Fact]
    public void Without_more_it_listens_on_loopback_and_flushes()
    {
        Assert.True(BrokerCommandLine.TryParse(["--data", "d"], out var line, out _));
        Assert.Equal(("127.0.0.1:9092", "127.0.0.1", 0, FlushMode.Batch), (line.Options.Listeners[0].Bind.ToString(), line.Options.Listeners[0].AdvertisedHost, line.Options.Listeners[0].AdvertisedPort, line.Options.Flush));
    }

    [Theory]
    [InlineData("--data")]
    [InlineData("")]
    [InlineData("--data d --listen 127.0.0.1")]
    [InlineData("--data d --listen host.example:1")]
    [InlineData("--data d --listen 127.0.0.1:70000")]
    [InlineData("--data d --listen 127.0.0.1:1,127.0.0.1:2 --advertise a:1")]
    [InlineData("--data d --advertise a")]
    [InlineData("--data d --node-id -1")]
    [InlineData("--data d --flush sometimes")]
    [InlineData("--data d --set x")]
    [InlineData("--data d --set a=1 --set a=2")]
    [InlineData("--data d --unknown 1")]
    public void What_makes_no_sense_is_refused_with_a_text(string arguments)
    {
        Assert.False(BrokerCommandLine.TryParse(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), out _, out var problem));
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void Help_counts_alone() => Assert.True(BrokerCommandLine.TryParse(["--help", "--nonsense"], out var line, out _) && line.WantsHelp);
}

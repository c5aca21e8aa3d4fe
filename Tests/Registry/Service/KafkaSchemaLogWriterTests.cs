using System.Net;
using Broker.Node;
using Broker.Node.Listening;
using SchemaRegistry.Service.Log;
using Tests.Registry.Harness;
using Xunit;

namespace Tests.Registry.Service;

/// <summary>The connection that a schema log is written through, which is silent for as long as nobody registers anything.</summary>
public sealed class KafkaSchemaLogWriterTests : IAsyncLifetime
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("registry-writer");
    private readonly ClosingProxy _proxy = new();
    private BrokerNode? _broker;
    private KafkaSchemaLog? _log;

    private KafkaSchemaLog Log => _log!;

    public async ValueTask InitializeAsync()
    {
        _broker = await BrokerNode.StartAsync(new BrokerOptions
        {
            DataDirectory = _data.FullName,
            Listeners = [new Listener("PLAINTEXT", new IPEndPoint(IPAddress.Loopback, 0), "127.0.0.1", _proxy.Port)],
        });
        _proxy.Start(_broker.EndPoints[0].Port);
        _log = new KafkaSchemaLog(new KafkaSchemaLogOptions { Bootstrap = [$"127.0.0.1:{_proxy.Port}"], Topic = "demo._schemas", TimeoutMs = 60_000 });
        for (var isOpen = false; !isOpen;)
        {
            try
            {
                await Log.OpenAsync(default);
                isOpen = true;
            }
            catch (IOException)
            {
                // A topic that was just made may have no leader yet.
                await Task.Yield();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Log.DisposeAsync();
        await _proxy.DisposeAsync();
        await _broker!.DisposeAsync();
        _data.Delete(recursive: true);
    }

    [Fact]
    public async Task A_writer_that_was_closed_for_its_silence_connects_again()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(i, await AppendAsync(i, default));
            await _proxy.CloseWriterAsync();
        }

        Assert.Equal([0, 1, 2], await KeysAsync(3));
    }

    /// <summary>As where a firewall has forgotten an idle connection: nothing ever comes back on it.</summary>
    [Fact]
    public async Task A_connection_that_answered_nothing_is_not_written_to_again()
    {
        Assert.Equal(0, await AppendAsync(0, default));
        var swallowed = _proxy.SwallowNextWrite();
        using var late = new CancellationTokenSource();
        var lost = AppendAsync(1, late.Token);
        await swallowed.WaitAsync(Patience.Limit);
        await late.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lost);
        Assert.Equal(1, await AppendAsync(2, default));
        Assert.Equal([0, 2], await KeysAsync(2));
    }

    private Task<long> AppendAsync(int i, CancellationToken cancel) => Log.AppendAsync([new([(byte)i], [1], 1)], i, cancel);

    private async Task<IReadOnlyList<int>> KeysAsync(int end)
    {
        var keys = new List<int>();
        for (var next = 0L; next < end;)
        {
            var page = await Log.ReadAsync(next, default);
            keys.AddRange(page.Records.Select(record => (int)record.Key[0]));
            next = page.Next;
        }

        return keys;
    }
}

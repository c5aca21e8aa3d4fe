using Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Service;
using SchemaRegistry.Service.Log;
using SchemaRegistry.Service.State;
using Tests.Registry.Harness;
using Tests.Registry.Subjects;
using Xunit;

namespace Tests.Registry.Service;

/// <summary>What a registry says is wrong with its log: trouble with reading ends with a read, trouble with writing with a write.</summary>
public class TroubleTests
{
    private const string Failed = "the last write failed: full";
    private static readonly TimeSpan WriteTimeout = TimeSpan.FromMinutes(7);
    private static readonly RegisterSchema Register = new("s", new SchemaRequest { Text = "a" }, Normalize: false, Force: true);

    private static TenantRegistry Open(ISchemaLog log, TimeProvider? time = null) => new("demo", log, new TenantRegistryOptions
    {
        Languages = WordLanguage.Of,
        Settings = new RegistrySettings(),
        Clock = time is null ? Clock.System : new Clock(time),
        Logger = NullLogger.Instance,
        WriteTimeout = WriteTimeout,
    });

    [Fact]
    public async Task Reading_again_says_nothing_about_writes()
    {
        var log = new TroubledLog { OnAppend = _ => throw new IOException("full") };
        await using var registry = Open(log);
        await registry.CaughtUp;
        AssertRefused(50001, await registry.ExecuteAsync(Register, default));
        Assert.Equal(Failed, registry.Trouble);

        await log.BreakReadAsync();
        Assert.Equal(Failed, registry.Trouble);

        log.OnAppend = null;
        Assert.IsType<RegistryReply.Registered>((await registry.ExecuteAsync(Register, default)).Reply);
        Assert.Null(registry.Trouble);
    }

    [Fact]
    public async Task A_write_that_is_not_done_in_time_is_trouble()
    {
        var time = new HeldTime();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var log = new TroubledLog
        {
            OnAppend = cancel =>
            {
                asked.SetResult();
                return Task.Delay(Timeout.Infinite, cancel);
            },
        };
        await using var registry = Open(log, time);
        await registry.CaughtUp;
        var write = registry.ExecuteAsync(Register, default);
        await asked.Task.WaitAsync(Patience.Limit);
        time.End(WriteTimeout);
        AssertRefused(50002, await write);
        Assert.Equal("the last write was not done in time", registry.Trouble);

        log.OnAppend = null;
        Assert.IsType<RegistryReply.Registered>((await registry.ExecuteAsync(Register, default)).Reply);
        Assert.Null(registry.Trouble);
    }

    [Fact]
    public async Task Writes_are_no_trouble_of_a_region_that_does_not_write()
    {
        var isHere = true;
        await using var host = await RegistryHost.StartAsync(options => options with
        {
            OpenLog = _ => new TroubledLog { OnAppend = _ => throw new IOException("full") },
            HomeOf = _ => Volatile.Read(ref isHere) ? WriteHome.Here : WriteHome.Unknown,
        });
        await host.CaughtUpAsync();
        (await host.SendAsync("POST", "/subjects/s/versions", RegistryHost.Schema("a"))).IsError(500, 50001);
        (await host.GetAsync("/health")).Is($"degraded\nthe schema log of tenant {host.Tenant}: {Failed}\n");
        Volatile.Write(ref isHere, false);
        (await host.GetAsync("/health")).Is("ready\n");
        Volatile.Write(ref isHere, true);
        Assert.StartsWith("degraded\n", (await host.GetAsync("/health")).Text, StringComparison.Ordinal);
    }

    private static void AssertRefused(int code, WriteResult result) => Assert.Equal(code, Assert.IsType<RegistryReply.Refused>(result.Reply).Error.Code);

    /// <summary>Is written to as a test says, and breaks its reading side when a test says so.</summary>
    private sealed class TroubledLog : ISchemaLog
    {
        private readonly MemorySchemaLog _log = new(new MemorySchemaLog.Storage());
        private volatile TaskCompletionSource _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile TaskCompletionSource _isReading = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Comes before each write; null for nothing.</summary>
        public Func<CancellationToken, Task>? OnAppend { get; set; }

        /// <summary>Fails the read under way, and waits until the log was opened and is read again.</summary>
        public async Task BreakReadAsync()
        {
            await _isReading.Task;
            var (broken, again) = (_broken, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            (_isReading, _broken) = (again, new(TaskCreationOptions.RunContinuationsAsynchronously));
            broken.SetResult();
            await again.Task.WaitAsync(Patience.Limit);
        }

        public Task<SchemaLogBounds> OpenAsync(CancellationToken cancel) => _log.OpenAsync(cancel);

        public async Task<long> AppendAsync(IReadOnlyList<SchemaLogEntry> entries, long expectedOffset, CancellationToken cancel)
        {
            await (OnAppend?.Invoke(cancel) ?? Task.CompletedTask);
            return await _log.AppendAsync(entries, expectedOffset, cancel);
        }

        public async Task<SchemaLogPage> ReadAsync(long offset, CancellationToken cancel)
        {
            var broken = _broken.Task;
            _isReading.TrySetResult();
            var read = _log.ReadAsync(offset, cancel);
            return await Task.WhenAny(read, broken) == read ? await read : throw new IOException("broken");
        }

        public ValueTask DisposeAsync() => _log.DisposeAsync();
    }
}

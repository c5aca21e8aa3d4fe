using System.Threading.Channels;
using Hosting;
using SchemaRegistry.Service.Tenants;

namespace Federation.Standalone;

/// <summary>
/// Makes the schema log of each tenant that comes into the tenants' file while the federation runs. What fails is tried again, with everything
/// else of the file, until it is there. Owned by <see cref="FederationHost"/>; dispose it before the directory.
/// </summary>
internal sealed class TenantLogs : IAsyncDisposable
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(5);

    private readonly WatchedTenantDirectory _tenants;
    private readonly Func<string, CancellationToken, Task<bool>> _make;
    private readonly Clock _clock;
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<string> _made;
    private readonly Task _running;

    /// <param name="made">Tenants that have their log already.</param>
    /// <param name="make">Makes a tenant's log where there is none; false when it could not, and said so.</param>
    public TenantLogs(WatchedTenantDirectory tenants, IEnumerable<string> made, Func<string, CancellationToken, Task<bool>> make, Clock clock)
    {
        _tenants = tenants;
        _make = make;
        _clock = clock;
        _made = [.. made];
        _tenants.Changed += Look;
        _running = Task.Run(RunAsync);

        // What came between the start and now is no change any more.
        Look();
    }

    public async ValueTask DisposeAsync()
    {
        _tenants.Changed -= Look;
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stop.Dispose();
    }

    private void Look() => _changes.Writer.TryWrite(true);

    private async Task RunAsync()
    {
        try
        {
            while (await _changes.Reader.ReadAsync(_stop.Token).ConfigureAwait(false))
            {
                foreach (var tenant in _tenants.Names.Where(name => !_made.Contains(name)).ToList())
                {
                    if (await _make(tenant, _stop.Token).ConfigureAwait(false))
                    {
                        _made.Add(tenant);
                    }
                    else
                    {
                        await Task.Delay(RetryDelay, _clock.Provider, _stop.Token).ConfigureAwait(false);
                        Look();
                    }
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The federation stops.
        }
    }
}

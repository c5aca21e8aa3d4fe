using System.Net;
using Federation.Core.Mirroring;
using Federation.Mirror.Destination;
using Federation.Mirror.Source;
using Kernel.Ids;
using Microsoft.Extensions.Logging;

namespace Federation.Mirror;

/// <summary>
/// A region's mirroring: serves its own topics to other regions over the link, and keeps copies of theirs that stand here. It decides nothing: the
/// federation's image says what is copied, the machines say how. Between calls it holds one loop for each region that something is copied from.
/// </summary>
public sealed class MirrorNode : IAsyncDisposable
{
    // A machine that broke is not made anew faster than this, whatever broke it.
    private static readonly TimeSpan RebuildDelay = TimeSpan.FromSeconds(5);

    private readonly MirrorOptions _options;
    private readonly LinkService _service;
    private readonly LinkServer _server;
    private readonly Lock _gate = new();
    private readonly Dictionary<RegionId, MirrorLoop> _loops = [];
    private readonly Dictionary<RegionId, (long Bytes, long Reconnects)> _endedLoops = [];
    private readonly List<Waiter> _waiters = [];
    private readonly CancellationTokenSource _end = new();
    private int _changes;
    private volatile bool _isAwaited;

    private MirrorNode(MirrorOptions options, LinkService service, LinkServer server)
    {
        _options = options;
        _service = service;
        _server = server;
    }

    private sealed record Waiter(string Topic, TaskCompletionSource Done);

    /// <summary>Where other regions reach this one's link.</summary>
    public IPEndPoint LinkEndPoint => _server.EndPoint;

    /// <summary>Returns when the link is served; copies are opened and filled from then on. Throws <see cref="IOException"/> when the port is taken.</summary>
    public static async Task<MirrorNode> StartAsync(MirrorOptions options, CancellationToken cancel = default)
    {
        var service = new LinkService(options);
        var server = await LinkServer.StartAsync(options.LinkBind, service, cancel).ConfigureAwait(false);
        var node = new MirrorNode(options, service, server);
        options.View.Changed += node.OnImageChanged;
        node.OnImageChanged();
        return node;
    }

    /// <summary>Ends all streams. What was appended stays; what was on the way is fetched again after a start.</summary>
    public async Task StopAsync()
    {
        _options.View.Changed -= OnImageChanged;
        List<MirrorLoop> loops;
        lock (_gate)
        {
            if (_end.IsCancellationRequested)
            {
                return;
            }

            _end.Cancel();
            loops = [.. _loops.Values];
            _loops.Clear();
            _waiters.ForEach(w => w.Done.TrySetCanceled());
            _waiters.Clear();
        }

        foreach (var loop in loops)
        {
            await loop.DisposeAsync().ConfigureAwait(false);
        }

        await _service.StopAsync().ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    /// <summary>The copies that stand here and, behind them, the topics that other regions follow here: <see cref="PartitionMirrorStatus.Region"/> tells them apart.</summary>
    public IReadOnlyList<PartitionMirrorStatus> Status() => [.. Loops().SelectMany(l => l.Status()), .. _service.Loops.SelectMany(l => l.Status())];

    /// <summary>Writes metrics in Prometheus' text format.</summary>
    /// <param name="labels">Put into every metric, as `node="eu"`; empty for none.</param>
    public void WriteMetrics(TextWriter writer, string labels = "")
    {
        var mirrored = new Dictionary<RegionId, (long Bytes, long Reconnects)>();
        lock (_gate)
        {
            foreach (var (region, ended) in _endedLoops)
            {
                mirrored[region] = ended;
            }
        }

        foreach (var loop in Loops())
        {
            var (bytes, reconnects) = mirrored.GetValueOrDefault(loop.Source);
            mirrored[loop.Source] = (bytes + loop.MirroredBytes, reconnects + loop.Reconnects);
        }

        MirrorMetrics.Write(writer, labels, _options.Region, Status(), mirrored, _service.PushedBytes());
    }

    /// <summary>
    /// Completed once every partition of the topic has a copy here that is open and follows its source. It also waits for the topic to appear in the
    /// image. Throws <see cref="MirrorFailedException"/> when that needs a person, <see cref="OperationCanceledException"/> when cancelled or stopped.
    /// </summary>
    /// <param name="clusterTopicName">The topic's name on the clusters.</param>
    public async Task WaitUntilMirroredAsync(string clusterTopicName, CancellationToken cancel = default)
    {
        var waiter = new Waiter(clusterTopicName, new(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_gate)
        {
            _end.Token.ThrowIfCancellationRequested();
            _waiters.Add(waiter);
            _isAwaited = true;
        }

        await using var registration = cancel.UnsafeRegister(_ => waiter.Done.TrySetCanceled(cancel), null).ConfigureAwait(false);
        LookForWaiters();
        try
        {
            await waiter.Done.Task.ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                _waiters.Remove(waiter);
                _isAwaited = _waiters.Count > 0;
            }
        }
    }

    private List<MirrorLoop> Loops()
    {
        lock (_gate)
        {
            return [.. _loops.Values];
        }
    }

    // On the thread of whoever swapped the image, which must not be held up.
    private void OnImageChanged()
    {
        if (Interlocked.Increment(ref _changes) == 1)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static node => node.FollowImage(), this, preferLocal: false);
        }
    }

    private void FollowImage()
    {
        int seen;
        do
        {
            seen = Volatile.Read(ref _changes);
            try
            {
                MatchLoops();
                _service.OnImageChanged();
            }
            catch (Exception e)
            {
                _options.Logger.LogError(e, "the mirrors of {Region} do not follow the federation's image", _options.Region);
            }
        }
        while (Interlocked.CompareExchange(ref _changes, 0, seen) != seen);
    }

    private void MatchLoops()
    {
        var wanted = _options.View.Image.Topics.Values.Where(t => t.Home != _options.Region && t.Mirrors.Contains(_options.Region)).Select(t => t.Home).ToHashSet();
        List<MirrorLoop> ended = [];
        lock (_gate)
        {
            if (_end.IsCancellationRequested)
            {
                return;
            }

            foreach (var (region, loop) in _loops.Where(l => !wanted.Contains(l.Key)).ToList())
            {
                Count(loop);
                _loops.Remove(region);
                ended.Add(loop);
            }

            foreach (var region in wanted.Where(r => !_loops.ContainsKey(r)))
            {
                _loops.Add(region, new(_options, region, OnStepped, Rebuild));
            }
        }

        foreach (var loop in Loops())
        {
            loop.OnImageChanged();
        }

        foreach (var loop in ended)
        {
            _ = loop.DisposeAsync().AsTask();
        }
    }

    private void Count(MirrorLoop loop)
    {
        var (bytes, reconnects) = _endedLoops.GetValueOrDefault(loop.Source);
        _endedLoops[loop.Source] = (bytes + loop.MirroredBytes, reconnects + loop.Reconnects);
    }

    private void Rebuild(MirrorLoop loop) => _ = RebuildAsync(loop);

    private async Task RebuildAsync(MirrorLoop loop)
    {
        try
        {
            await Task.Delay(RebuildDelay, _options.Clock.Provider, _end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        lock (_gate)
        {
            if (_loops.GetValueOrDefault(loop.Source) == loop)
            {
                Count(loop);
                _loops.Remove(loop.Source);
            }
        }

        await loop.DisposeAsync().ConfigureAwait(false);
        OnImageChanged();
    }

    private void OnStepped()
    {
        if (_isAwaited)
        {
            LookForWaiters();
        }
    }

    private void LookForWaiters()
    {
        List<Waiter> waiters;
        lock (_gate)
        {
            waiters = [.. _waiters];
        }

        foreach (var waiter in waiters)
        {
            foreach (var loop in Loops())
            {
                var (isMirrored, failure) = loop.Look(waiter.Topic);
                if (isMirrored)
                {
                    waiter.Done.TrySetResult();
                }
                else if (failure is not null)
                {
                    waiter.Done.TrySetException(new MirrorFailedException(failure));
                }
            }
        }
    }
}

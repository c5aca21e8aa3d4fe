using Federation.Core.Mirroring;
using Grpc.Core;
using Kernel.Ids;
using Microsoft.Extensions.Logging;
using Protocol.Contracts.Link;

namespace Federation.Mirror.Source;

/// <summary>The link's gRPC service: greets destinations and gives each stream a <see cref="SourceLoop"/>. Holds the streams that are open.</summary>
internal sealed class LinkService(MirrorOptions options) : Link.LinkBase
{
    /// <summary>The version of the contract that this side speaks. A side must understand all versions from 1 to its own.</summary>
    public const uint Version = 1;

    private readonly Lock _gate = new();
    private readonly Dictionary<RegionId, SourceLoop> _loops = [];
    private readonly Dictionary<RegionId, long> _pushedBefore = [];
    private readonly Dictionary<RegionId, IReadOnlyDictionary<(string Topic, int Partition), SourceProgress>> _progressBefore = [];
    private bool _isStopped;

    /// <summary>Streams that are open.</summary>
    public IReadOnlyList<SourceLoop> Loops
    {
        get
        {
            lock (_gate)
            {
                return [.. _loops.Values];
            }
        }
    }

    /// <summary>Bytes pushed to each destination since the start.</summary>
    public IReadOnlyDictionary<RegionId, long> PushedBytes()
    {
        lock (_gate)
        {
            var all = new Dictionary<RegionId, long>(_pushedBefore);
            foreach (var (region, loop) in _loops)
            {
                all[region] = all.GetValueOrDefault(region) + loop.PushedBytes;
            }

            return all;
        }
    }

    public override async Task Follow(IAsyncStreamReader<FromDestination> requestStream, IServerStreamWriter<FromSource> responseStream, ServerCallContext context)
    {
        var cancel = context.CancellationToken;
        try
        {
            var destination = await GreetAsync(requestStream, responseStream, cancel).ConfigureAwait(false);
            await using var loop = new SourceLoop(options, destination);
            try
            {
                await EnterAsync(loop).ConfigureAwait(false);
                await loop.RunAsync(requestStream, responseStream, cancel).ConfigureAwait(false);
            }
            finally
            {
                Leave(loop);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The destination went away, or this side stops: the ordinary ends of a stream.
            throw new RpcException(new Status(StatusCode.Unavailable, "the stream was ended"));
        }
    }

    /// <summary>Tells all streams that the image has been swapped.</summary>
    public void OnImageChanged()
    {
        foreach (var loop in Loops)
        {
            loop.OnImageChanged();
        }
    }

    /// <summary>Ends all streams and takes no more.</summary>
    public async Task StopAsync()
    {
        lock (_gate)
        {
            _isStopped = true;
        }

        foreach (var loop in Loops)
        {
            await loop.StopAsync().ConfigureAwait(false);
        }
    }

    private async Task<RegionId> GreetAsync(IAsyncStreamReader<FromDestination> incoming, IServerStreamWriter<FromSource> outgoing, CancellationToken cancel)
    {
        if (!await incoming.MoveNext(cancel).ConfigureAwait(false) || incoming.Current.BodyCase != FromDestination.BodyOneofCase.Hello)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, "the first message is no Hello"));
        }

        var hello = incoming.Current.Hello;
        if (hello.Version < 1 || !RegionId.IsLegal(hello.DestinationRegion))
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"version {hello.Version}, region '{hello.DestinationRegion}'"));
        }

        if (hello.SourceRegion != options.Region.Name)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, $"this is region {options.Region}, not {hello.SourceRegion}"));
        }

        var answer = new Hello
        {
            Version = Math.Min(Version, hello.Version), SourceRegion = options.Region.Name, DestinationRegion = hello.DestinationRegion, ClockMs = options.Clock.WallMs,
        };
        await outgoing.WriteAsync(new() { Hello = answer }, cancel).ConfigureAwait(false);
        return new(hello.DestinationRegion);
    }

    // A destination that comes anew has lost its old stream, whether or not this side has noticed.
    private async Task EnterAsync(SourceLoop loop)
    {
        SourceLoop? old;
        lock (_gate)
        {
            if (_isStopped)
            {
                throw new OperationCanceledException();
            }

            if (_loops.Remove(loop.Destination, out old))
            {
                Remember(old);
            }

            if (_progressBefore.Remove(loop.Destination, out var progress))
            {
                loop.GoOnFrom(progress);
            }

            _loops.Add(loop.Destination, loop);
        }

        options.Logger.LogInformation("region {Destination} follows topics of {Region}", loop.Destination, options.Region);
        if (old is not null)
        {
            await old.StopAsync().ConfigureAwait(false);
        }
    }

    private void Leave(SourceLoop loop)
    {
        lock (_gate)
        {
            if (_loops.GetValueOrDefault(loop.Destination) == loop)
            {
                _loops.Remove(loop.Destination);
                Remember(loop);
            }
        }

        options.Logger.LogInformation("region {Destination} follows {Region} no more", loop.Destination, options.Region);
    }

    private void Remember(SourceLoop loop)
    {
        _pushedBefore[loop.Destination] = _pushedBefore.GetValueOrDefault(loop.Destination) + loop.PushedBytes;
        if (loop.Progress() is { Count: > 0 } progress)
        {
            _progressBefore[loop.Destination] = progress;
        }
    }
}

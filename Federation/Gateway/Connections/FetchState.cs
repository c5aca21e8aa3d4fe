using Federation.Gateway.Upstream;
using Kernel;
using Protocol.Wire.Messages;

namespace Federation.Gateway.Connections;

/// <summary>Where a partition stood when it was last seen by this connection.</summary>
internal readonly record struct Watermarks(long High, long LastStable, long LogStart)
{
    public static readonly Watermarks Unknown = new(-1, -1, -1);
}

/// <summary>A fetch that a broker holds back until there is something to read, kept for the client's next fetch.</summary>
/// <param name="Key">The request without its waiting time: the next fetch takes this one over when it asks for the same.</param>
internal sealed record ParkedFetch(byte[] Key, Task<UpstreamReply<FetchResponse>?> Task);

/// <summary>
/// What a connection in front of several brokers remembers between fetches: those that still wait at brokers which had nothing when another
/// had, and where partitions stood. Safe for any thread.
/// </summary>
internal sealed class FetchState
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Name, Guid Id, int Partition), Watermarks> _watermarks = [];
    private Dictionary<int, ParkedFetch> _parked = [];
    private bool _isClosed;

    /// <summary>Takes the fetches that wait; whoever took them parks them again or drops them.</summary>
    public Dictionary<int, ParkedFetch> TakeParked()
    {
        lock (_gate)
        {
            var parked = _parked;
            _parked = [];
            return parked;
        }
    }

    /// <summary>Keeps a fetch for the next request.</summary>
    public void Park(int nodeId, ParkedFetch fetch)
    {
        ParkedFetch? replaced;
        lock (_gate)
        {
            replaced = _isClosed ? fetch : _parked.GetValueOrDefault(nodeId);
            if (!_isClosed)
            {
                _parked[nodeId] = fetch;
            }
        }

        if (replaced is not null)
        {
            Drop(replaced);
        }
    }

    /// <summary>Lets a fetch run out; its answer is given back when it comes.</summary>
    public static void Drop(ParkedFetch fetch) => _ = DropAsync(fetch.Task);

    public void Note(string name, Guid id, int partition, Watermarks watermarks)
    {
        lock (_gate)
        {
            if (_watermarks.Count >= Limits.MaxPartitionsPerRequest)
            {
                _watermarks.Clear();
            }

            _watermarks[(name, id, partition)] = watermarks;
        }
    }

    public Watermarks LastSeen(string name, Guid id, int partition)
    {
        lock (_gate)
        {
            return _watermarks.TryGetValue((name, id, partition), out var seen) ? seen : Watermarks.Unknown;
        }
    }

    public void Close()
    {
        lock (_gate)
        {
            _isClosed = true;
        }

        foreach (var (_, fetch) in TakeParked())
        {
            Drop(fetch);
        }
    }

    private static async Task DropAsync(Task<UpstreamReply<FetchResponse>?> task)
    {
        try
        {
            (await task.ConfigureAwait(false))?.Dispose();
        }
        catch (Exception e) when (e is IOException or Protocol.Wire.Codec.WireFormatException)
        {
            // Nobody waits for it any more.
        }
    }
}

using Kernel;

namespace Federation.Core.Connections;

/// <summary>What to do with a fetch that names a session.</summary>
public enum FetchSessionVerdict
{
    /// <summary>Send it on as it is.</summary>
    Pass,

    /// <summary>Send it on as a full fetch that belongs to no older session: same epoch, session id 0.</summary>
    Forget,

    /// <summary>Send it on without a session: id 0, epoch -1.</summary>
    Sessionless,

    /// <summary>Answer FETCH_SESSION_ID_NOT_FOUND; the client then starts over with a full fetch, and nothing is lost.</summary>
    NotFound,
}

/// <summary>
/// Knows the fetch sessions (KIP-227) that a tenant's clients have opened at the broker behind the gateway. A session's number is all that the
/// broker asks for, so a number that no client of the tenant got from there would read another tenant's topics: it is not passed. With
/// several brokers there are no sessions, because one request of the client becomes several. One per tenant, one owner at a time.
/// </summary>
public sealed class FetchSessions
{
    private readonly HashSet<int> _opened = [];
    private readonly Queue<int> _byAge = new();

    /// <summary>Decides about a request.</summary>
    /// <param name="id">The session's number; 0: none.</param>
    /// <param name="epoch">-1 closes the session or asks for none, 0 opens one, above: continues.</param>
    /// <param name="singleBroker">Whether one broker stands behind the gateway.</param>
    public FetchSessionVerdict Decide(int id, int epoch, bool singleBroker)
    {
        var isOurs = id == 0 || _opened.Contains(id);
        if (epoch is 0 or -1)
        {
            return !singleBroker ? FetchSessionVerdict.Sessionless : isOurs ? FetchSessionVerdict.Pass : FetchSessionVerdict.Forget;
        }

        // Id 0 with an epoch is the broker's to refuse.
        return singleBroker && isOurs ? FetchSessionVerdict.Pass : FetchSessionVerdict.NotFound;
    }

    /// <summary>
    /// Notes the session that a broker's answer names. Beyond <see cref="Limits.MaxFetchSessions"/>, as many as a broker keeps, the oldest is
    /// forgotten; its client starts over.
    /// </summary>
    public void Opened(int id)
    {
        if (id == 0 || !_opened.Add(id))
        {
            return;
        }

        _byAge.Enqueue(id);
        if (_byAge.Count > Limits.MaxFetchSessions)
        {
            _opened.Remove(_byAge.Dequeue());
        }
    }
}

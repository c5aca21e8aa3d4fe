using Federation.Core.Connections;
using Federation.Core.Tenancy;
using Federation.Gateway.Apis;
using Federation.Gateway.Upstream;
using Microsoft.Extensions.Logging;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Framing;
using Protocol.Wire.Messages;

namespace Federation.Gateway.Connections;

/// <summary>
/// One client's connection: checks what comes, finds the API that handles it, and holds what lasts between requests (its own upstream
/// connections, fetch sessions, the budget of answers). Made by the listener per connection; everything upstream that it opened ends with it.
/// </summary>
internal sealed class TenantConnection(AcceptedConnection accepted, Tenant tenant, UpstreamCluster cluster, GatewayMetrics metrics, ILogger log) : IConnectionHandler
{
    private readonly Dictionary<int, UpstreamLink> _links = [];
    private readonly Lock _gate = new();
    private UpstreamBroker? _anyBroker;
    private bool _isClosed;

    public Tenant Tenant => tenant;

    public UpstreamCluster Cluster => cluster;

    public GatewayMetrics Metrics => metrics;

    public AnswerBudget Budget { get; } = new();

    /// <summary>What the connection remembers of groups it joined.</summary>
    public JoinedGroups Groups { get; } = new();

    /// <summary>The fetch side of the connection.</summary>
    public FetchState Fetches { get; } = new();

    public ValueTask<Answer> HandleAsync(ReceivedFrame frame, CancellationToken closed)
    {
        RequestHeader header;
        ReadOnlyMemory<byte> body;
        try
        {
            var reader = new WireReader(frame.Bytes);
            header = RequestHeader.Read(ref reader);
            body = frame.Bytes[reader.Position..];
        }
        catch (WireFormatException e)
        {
            frame.Dispose();
            return new(Refuse($"a request without a legible header: {e.Message}"));
        }

        if (header.ApiKey == (short)ApiKey.ApiVersions)
        {
            metrics.Request(ApiKey.ApiVersions, frame.Bytes.Length);
            return AnswerVersionsAsync(header, frame, body, closed);
        }

        if (cluster.Apis?.Serves(header.ApiKey, header.ApiVersion) != true || GatewayApis.Find(header.ApiKey) is not { } api)
        {
            frame.Dispose();
            return new(Refuse($"API {header.ApiKey} version {header.ApiVersion} is not served here"));
        }

        metrics.Request((ApiKey)header.ApiKey, frame.Bytes.Length);
        return ServeAsync(api, header, frame, body);
    }

    public void OnRefused() => metrics.BadRequest();

    public void OnClosed()
    {
        List<UpstreamLink> links;
        lock (_gate)
        {
            _isClosed = true;
            links = [.. _links.Values];
            _links.Clear();
        }

        foreach (var link in links)
        {
            link.Dispose();
        }

        Fetches.Close();
    }

    /// <summary>The connection's own connection to a broker. Throws <see cref="IOException"/> when the client is gone.</summary>
    public UpstreamLink Link(UpstreamBroker broker)
    {
        UpstreamLink? moved = null;
        UpstreamLink? link;
        lock (_gate)
        {
            if (_isClosed)
            {
                throw new IOException("the client is gone");
            }

            // A broker that moved to another address is another one.
            if (!_links.TryGetValue(broker.NodeId, out link) || link.Broker.Address != broker.Address)
            {
                moved = link;
                link = new UpstreamLink(broker, tenant.Names.Tenant.Name, Budget);
                _links[broker.NodeId] = link;
                Budget.Released ??= Resume;
            }
        }

        moved?.Dispose();
        return link;
    }

    /// <summary>
    /// The broker for what any broker answers: the same one as long as it can be reached, so that a client sees one state advance. Null: none
    /// is known.
    /// </summary>
    public UpstreamBroker? AnyBroker() => _anyBroker = cluster.AnyBroker(_anyBroker);

    private void Resume()
    {
        List<UpstreamLink> links;
        lock (_gate)
        {
            links = [.. _links.Values];
        }

        foreach (var link in links)
        {
            link.Resume();
        }
    }

    private async ValueTask<Answer> ServeAsync(IGatewayApi api, RequestHeader header, ReceivedFrame frame, ReadOnlyMemory<byte> body)
    {
        using var lease = new FrameLease(frame);
        try
        {
            return await api.HandleAsync(new GatewayRequest(this, header, lease, body)).ConfigureAwait(false);
        }
        catch (ForeignNameException e)
        {
            metrics.ForeignName();
            log.LogError("{Api} of {Remote}: an answer was withheld: {Problem}", api.Key, accepted.Remote, e.Message);
            return Answer.Close;
        }
        catch (Exception e) when (e is WireFormatException or OverflowException)
        {
            return Refuse($"{api.Key} version {header.ApiVersion}: {e.Message}");
        }
        catch (IOException e)
        {
            // Nobody knows whether the broker acted: the client must see what it would see if its broker went away.
            metrics.LostUpstream();
            log.LogDebug("{Api} of {Remote}: {Problem}", api.Key, accepted.Remote, e.Message);
            return Answer.Close;
        }
    }

    // A start takes a moment between the open port and the reached cluster: clients that are turned away then take the port for another protocol's.
    private async ValueTask<Answer> AnswerVersionsAsync(RequestHeader header, ReceivedFrame frame, ReadOnlyMemory<byte> body, CancellationToken closed)
    {
        using (frame)
        {
            if (cluster.Apis is null)
            {
                await cluster.ReachAsync(closed).ConfigureAwait(false);
            }

            return AnswerVersions(header, body);
        }
    }

    private Answer AnswerVersions(RequestHeader header, ReadOnlyMemory<byte> body)
    {
        // Before the cluster was reached once there is nothing true to say; the client comes again.
        if (cluster.Apis is not { } apis)
        {
            return Answer.Close;
        }

        var isKnown = ApiVersionsRequest.Versions.Contains(header.ApiVersion);
        ApiVersionsResponse response;
        if (isKnown)
        {
            try
            {
                var request = new ApiVersionsRequest();
                var reader = new WireReader(body);
                request.Read(ref reader, header.ApiVersion);
                response = ApiVersionsRule.Answer(request, header.ApiVersion, tenant.View, apis);
            }
            catch (WireFormatException e)
            {
                return Refuse($"ApiVersions version {header.ApiVersion}: {e.Message}");
            }
        }
        else
        {
            response = ApiVersionsRule.Unsupported();
        }

        var version = isKnown ? header.ApiVersion : (short)0;
        var writer = new FrameWriter();
        writer.BeginFrame();
        ResponseHeader.Write(writer, ApiKey.ApiVersions, version, header.CorrelationId);
        response.Write(writer, version);
        writer.EndFrame();
        metrics.Answered(writer.TotalBytes);
        return new Answer(writer);
    }

    private Answer Refuse(string why)
    {
        metrics.BadRequest();
        log.LogInformation("closing the connection of {Remote}: {Why}", accepted.Remote, why);
        return Answer.Close;
    }
}

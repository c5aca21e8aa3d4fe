using Federation.Core.Tenancy;
using Federation.Gateway.Upstream;
using Protocol.Wire;
using Protocol.Transport;
using Protocol.Wire.Codec;
using Protocol.Wire.Framing;

namespace Federation.Gateway.Connections;

/// <summary>
/// One request of a client while it is handled: reading it, asking brokers, writing the answer. Made per request; used by whichever thread
/// goes on with it, never by two at once.
/// </summary>
internal sealed class GatewayRequest(TenantConnection connection, RequestHeader header, FrameLease frame, ReadOnlyMemory<byte> body)
{
    // Only assignments of replicas name brokers that the cluster then quotes.
    private readonly UnknownBrokers? _unknownBrokers = (ApiKey)header.ApiKey is ApiKey.CreateTopics or ApiKey.CreatePartitions ? new() : null;

    public TenantConnection Connection => connection;

    public Tenant Tenant => connection.Tenant;

    public UpstreamCluster Cluster => connection.Cluster;

    public RequestHeader Header => header;

    public ApiKey Key => (ApiKey)header.ApiKey;

    public short Version => header.ApiVersion;

    /// <summary>The request, in the tenant's terms. Its bytes are slices of the frame. Throws <see cref="WireFormatException"/>.</summary>
    public TRequest Read<TRequest>()
        where TRequest : IWireMessage<TRequest>, new()
    {
        var request = new TRequest();
        var reader = new WireReader(body);
        request.Read(ref reader, Version);
        return request;
    }

    /// <summary>Puts a request into the cluster's terms.</summary>
    /// <param name="nodeId">The broker behind the virtual one, where the request names it.</param>
    /// <param name="protocolType">The group's protocol type where the request does not say it.</param>
    public void ToCluster(IWireMessage request, int nodeId = ToClusterVisitor.NoBroker, string? protocolType = null) =>
        request.Visit(new ToClusterVisitor(Tenant.View, Key, nodeId, Tenant.TopicIds.ToCluster, protocolType, _unknownBrokers), Version);

    /// <summary>Puts an answer of the cluster into the tenant's terms; what is not the tenant's must have been taken out.</summary>
    /// <param name="protocolType">The group's protocol type where the answer does not say it.</param>
    /// <param name="said">Whether the request held this word, which error texts may then repeat.</param>
    public void ToTenant(IWireMessage answer, string? protocolType = null, Func<string, bool>? said = null) =>
        answer.Visit(new ToTenantVisitor(Tenant.View, Tenant.TopicIds.ToTenant, protocolType, said, _unknownBrokers), Version);

    /// <summary>
    /// Asks a broker, in the cluster's terms. Null: it cannot be reached and was sent nothing. Throws <see cref="IOException"/> when it went away
    /// with the request unanswered. The call puts the request in line before it returns.
    /// </summary>
    /// <param name="reservedBytes">How large the answer may become, where that is much.</param>
    public ValueTask<UpstreamReply<TResponse>?> AskAsync<TResponse>(UpstreamBroker broker, IWireMessage request, long reservedBytes = 0)
        where TResponse : class, IWireMessage<TResponse>, new()
    {
        var asked = new UpstreamRequest(Key, Version, header.ClientId, request, frame, reservedBytes);
        return ReadAnswerAsync<TResponse>(asked, connection.Link(broker).SendAsync(asked));
    }

    /// <summary>As <see cref="AskAsync"/>, for what the gateway itself has to know before it can pass the client's request on.</summary>
    public ValueTask<UpstreamReply<TResponse>?> AskFirstAsync<TResponse>(UpstreamBroker broker, IWireMessage question, short version)
        where TResponse : class, IWireMessage<TResponse>, new()
    {
        var asked = new UpstreamRequest(TResponse.Key!.Value, version, header.ClientId, question);
        return ReadAnswerAsync<TResponse>(asked, connection.Link(broker).SendAsync(asked));
    }

    /// <summary>Sends a request that has no answer; completed when the broker took it. False: it cannot be reached.</summary>
    public async ValueTask<bool> TellAsync(UpstreamBroker broker, IWireMessage request)
    {
        var behind = await connection.Link(broker).SendAsync(new(Key, Version, header.ClientId, request, frame, OneWay: true)).ConfigureAwait(false);
        behind?.Dispose();
        return behind is not null;
    }

    /// <summary>The answer's frame. An answer with spliced records keeps the broker's frames alive until it was sent.</summary>
    /// <param name="answer">In the tenant's terms.</param>
    /// <param name="replies">The brokers' answers that its slices lie in.</param>
    public Answer Write(IWireMessage answer, params ReadOnlySpan<IDisposable> replies)
    {
        var writer = new FrameWriter();
        try
        {
            writer.BeginFrame();
            ResponseHeader.Write(writer, Key, Version, header.CorrelationId);
            answer.Write(writer, Version);
            writer.EndFrame();
        }
        catch
        {
            writer.Dispose();
            DisposeAll(replies);
            throw;
        }

        if (writer.Splices.Count > 0)
        {
            foreach (var reply in replies)
            {
                writer.Own(reply);
            }
        }
        else
        {
            DisposeAll(replies);
        }

        writer.Own(connection.Budget.Hold(writer.Buffer.Length));
        connection.Metrics.Answered(writer.TotalBytes);
        return new Answer(writer);
    }

    private static void DisposeAll(ReadOnlySpan<IDisposable> replies)
    {
        foreach (var reply in replies)
        {
            reply.Dispose();
        }
    }

    private async ValueTask<UpstreamReply<TResponse>?> ReadAnswerAsync<TResponse>(UpstreamRequest asked, ValueTask<ReceivedFrame?> sent)
        where TResponse : class, IWireMessage<TResponse>, new()
    {
        ReceivedFrame? received = null;
        try
        {
            received = await sent.ConfigureAwait(false);
            connection.Budget.Take(received?.Bytes.Length ?? 0);
        }
        finally
        {
            // The answer is counted before what was set aside for it is given back.
            connection.Budget.Give(asked.TakeReservation());
        }

        if (received is null)
        {
            return null;
        }

        var reply = new UpstreamReply<TResponse>(new TResponse(), received, connection.Budget);
        try
        {
            var reader = new WireReader(received.Bytes);
            ResponseHeader.ReadCorrelationId(ref reader, asked.Key, asked.Version);
            reply.Message.Read(ref reader, asked.Version);
            return reply;
        }
        catch
        {
            reply.Dispose();
            throw;
        }
    }
}

/// <summary>A broker's answer and the frame that its slices lie in. Disposed by whoever wrote the client's answer or dropped this one.</summary>
internal sealed class UpstreamReply<TResponse>(TResponse message, ReceivedFrame frame, AnswerBudget budget) : IDisposable
{
    private long _heldBytes = frame.Bytes.Length;

    public TResponse Message => message;

    public void Dispose()
    {
        budget.Give(Interlocked.Exchange(ref _heldBytes, 0));
        frame.Dispose();
    }
}

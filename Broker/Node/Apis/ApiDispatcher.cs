using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Framing;

namespace Broker.Node.Apis;

/// <summary>
/// The node's side of one connection: reads request headers and hands requests to their APIs. What cannot be read, or is not served,
/// closes the connection with one log line, as in Kafka, and disturbs nobody else.
/// </summary>
public sealed class ApiDispatcher(ApiTable apis, ConnectionState connection) : IConnectionHandler
{
    public ValueTask<Answer> HandleAsync(ReceivedFrame frame, CancellationToken closed)
    {
        RequestHeader header;
        int bodyAt;
        try
        {
            var reader = new WireReader(frame.Bytes);
            header = RequestHeader.Read(ref reader);
            bodyAt = reader.Position;
        }
        catch (WireFormatException)
        {
            frame.Dispose();
            return new(Answer.Close);
        }

        var api = apis.Find(header.ApiKey);
        if (api is null || (!api.Versions.Contains(header.ApiVersion) && api.Key != ApiKey.ApiVersions))
        {
            frame.Dispose();
            return new(Answer.Close);
        }

        return api.HandleAsync(new RequestContext
        {
            Header = header,
            Frame = frame,
            Body = frame.Bytes[bodyAt..],
            Connection = connection,
            Closed = closed,
        });
    }

    public void OnClosed()
    {
    }
}

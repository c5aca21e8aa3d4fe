using Kernel;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Framing;

namespace Broker.Node.Apis;

/// <summary>
/// The node's side of one connection: reads request headers and hands requests to their APIs. What cannot be read, or is not served,
/// closes the connection with one log line, as in Kafka, and disturbs nobody else.
/// </summary>
public sealed partial class ApiDispatcher(ApiTable apis, ConnectionState connection, NodeMetrics? metrics = null, ILogger? logger = null) : IConnectionHandler
{
    private readonly ILogger _logger = logger ?? NullLogger.Instance;

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
        catch (WireFormatException e)
        {
            frame.Dispose();
            return Refuse($"a request header cannot be read: {e.Message}");
        }

        var api = apis.Find(header.ApiKey);
        if (api is null || (!api.Versions.Contains(header.ApiVersion) && api.Key != ApiKey.ApiVersions))
        {
            frame.Dispose();
            return Refuse(api is null ? $"API key {header.ApiKey} is not served" : $"version {header.ApiVersion} of {api.Key} is not served");
        }

        var arrived = NodeMetrics.Now;
        ValueTask<Answer> pending;
        try
        {
            pending = api.HandleAsync(new RequestContext
            {
                Header = header,
                Frame = frame,
                Body = frame.Bytes[bodyAt..],
                Connection = connection,
                Closed = closed,
            });
        }
        catch (Exception e)
        {
            return Failed(api, header, e);
        }

        if (!pending.IsCompletedSuccessfully)
        {
            return AwaitAsync(api, header, pending, arrived);
        }

        metrics?.Answered(api.Key, arrived);
        return pending;
    }

    public void OnRefused() => metrics?.CountRefused();

    public void OnClosed()
    {
    }

    private async ValueTask<Answer> AwaitAsync(IApi api, RequestHeader header, ValueTask<Answer> pending, long arrived)
    {
        try
        {
            var answer = await pending.ConfigureAwait(false);
            metrics?.Answered(api.Key, arrived);
            return answer;
        }
        catch (Exception e)
        {
            return await Failed(api, header, e).ConfigureAwait(false);
        }
    }

    private ValueTask<Answer> Failed(IApi api, RequestHeader header, Exception failure)
    {
        switch (failure)
        {
            case WireFormatException:
                return Refuse($"{api.Key} version {header.ApiVersion} cannot be read: {failure.Message}");
            case OperationCanceledException:
                // The client is gone, which is nobody's fault.
                return new(Answer.Close);
            default:
                metrics?.CountRefused();
                LogFailed(_logger, failure, api.Key, header.ApiVersion, connection.ClientHost);
                return new(Answer.Close);
        }
    }

    private ValueTask<Answer> Refuse(string why)
    {
        metrics?.CountRefused();
        LogRefused(_logger, connection.ClientHost, connection.Listener.Name, why.Length <= Limits.MaxLoggedChars ? why : why[..Limits.MaxLoggedChars]);
        return new(Answer.Close);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Connection of {Client} on {Listener} is closed: {Why}.")]
    private static partial void LogRefused(ILogger logger, string client, string listener, string why);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Api} version {Version} of {Client} failed; its connection is closed.")]
    private static partial void LogFailed(ILogger logger, Exception failure, ApiKey api, short version, string client);
}

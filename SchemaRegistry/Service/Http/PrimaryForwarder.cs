using System.Globalization;
using System.Net.Sockets;
using System.Net;
using Kernel;
using Microsoft.AspNetCore.Http;
using SchemaRegistry.Core.Subjects;
using SchemaRegistry.Service.Linking;

namespace SchemaRegistry.Service.Http;

/// <summary>
/// Sends writes to the region that writes, and waits until this one knows them too: who wrote here reads here. Registrations of what is there
/// already are answered without it.
/// </summary>
/// <param name="isSameLog">
/// Another region's registry over the same log: its offsets are this log's, and tenants may be told apart by the host's name. Otherwise it is
/// another registry with a name of its own, whose offsets mean nothing here.
/// </param>
internal sealed class PrimaryForwarder(Uri primary, HttpClient client, bool isSameLog = true)
{
    /// <summary>Set on forwarded requests: a request that comes back is a mistake of configuration and would go round for ever.</summary>
    private const string ForwardedHeader = "Federation-Forwarded";

    private const string FailedText = "Error while forwarding register schema request to the leader";
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };
    private static readonly string[] Passed =
        ["Accept", "Confluent-Accept-Unknown-Properties", "Authorization", "X-Request-ID", "Confluent-Schema-Exporter-Name", OwnRegistryProbe.Header];

    /// <summary>
    /// Forwards. Throws <see cref="RegistryException"/> 50003 when the other registry cannot be reached, be it that a door before it says so. What was
    /// written and does not arrive here in time is answered with 50002 and the write's offset: it has happened, and a reader may wait for it.
    /// </summary>
    public async ValueTask<Answer> SendAsync(Call call, string rawTarget)
    {
        var request = call.Http.Request;
        if (request.Headers.ContainsKey(ForwardedHeader))
        {
            throw new RegistryException(RegistryError.NoLeader());
        }

        try
        {
            using var message = new HttpRequestMessage(new HttpMethod(request.Method), new Uri(primary.AbsoluteUri.TrimEnd('/') + rawTarget, AsWritten));
            message.Headers.Add(ForwardedHeader, "true");
            foreach (var name in Passed)
            {
                if (request.Headers.TryGetValue(name, out var value))
                {
                    message.Headers.TryAddWithoutValidation(name, (string?)value);
                }
            }

            message.Headers.Host = isSameLog && request.Host.HasValue ? request.Host.Value : null;
            if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
            {
                message.Content = new ReadOnlyMemoryContent(await call.BodyBytesAsync());
                message.Content.Headers.TryAddWithoutValidation("Content-Type", request.ContentType ?? MediaTypes.Default);
            }

            using var response = await client.SendAsync(message, call.Http.RequestAborted);
            if (response.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout)
            {
                throw new RegistryException(RegistryError.ForwardFailed(FailedText));
            }

            var body = await response.Content.ReadAsByteArrayAsync(call.Http.RequestAborted);
            var offset = isSameLog ? OffsetOf(response) : -1;
            if (offset >= 0
                && !await call.Registry.WaitForAsync(offset, TimeSpan.FromMilliseconds(Limits.MaxSchemaOffsetWaitMs), call.Http.RequestAborted)
                && response.IsSuccessStatusCode)
            {
                return Answer.Of(RegistryError.TimedOut("Register operation timed out: the leader has written, and it has not arrived in this region yet"))
                    with { Offset = offset };
            }

            return new Answer((int)response.StatusCode, body, offset);
        }
        catch (Exception failure) when (
            failure is HttpRequestException or SocketException or TaskCanceledException && !call.Http.RequestAborted.IsCancellationRequested)
        {
            // .NET lets a bare SocketException through when the other side resets a connection just made.
            throw new RegistryException(RegistryError.ForwardFailed(FailedText));
        }
    }

    private static long OffsetOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues(RegistryHttp.OffsetHeader, out var values)
        && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            ? offset
            : -1;
}

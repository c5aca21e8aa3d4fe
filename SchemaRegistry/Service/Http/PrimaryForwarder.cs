using System.Globalization;
using Kernel;
using Microsoft.AspNetCore.Http;
using SchemaRegistry.Core.Subjects;

namespace SchemaRegistry.Service.Http;

/// <summary>
/// Sends writes to the region that writes, and waits until this one knows them too: who wrote here reads here. Registrations of what is there
/// already are answered without it.
/// </summary>
/// <param name="keepsHost">Tenants may be told apart by the host's name; another registry has a name of its own.</param>
internal sealed class PrimaryForwarder(Uri primary, HttpClient client, bool keepsHost = true)
{
    /// <summary>Set on forwarded requests: a request that comes back is a mistake of configuration and would go round for ever.</summary>
    private const string ForwardedHeader = "Federation-Forwarded";

    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };
    private static readonly string[] Passed =
        ["Accept", "Confluent-Accept-Unknown-Properties", "Authorization", "X-Request-ID", "Confluent-Schema-Exporter-Name"];

    /// <summary>Forwards. Throws <see cref="RegistryException"/> 50003 when the other region cannot be reached.</summary>
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

            message.Headers.Host = keepsHost && request.Host.HasValue ? request.Host.Value : null;
            if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
            {
                message.Content = new ReadOnlyMemoryContent(await call.BodyBytesAsync());
                message.Content.Headers.TryAddWithoutValidation("Content-Type", request.ContentType ?? MediaTypes.Default);
            }

            using var response = await client.SendAsync(message, call.Http.RequestAborted);
            var body = await response.Content.ReadAsByteArrayAsync(call.Http.RequestAborted);
            var offset = OffsetOf(response);
            if (offset >= 0)
            {
                await call.Registry.WaitForAsync(offset, TimeSpan.FromMilliseconds(Limits.MaxSchemaOffsetWaitMs), call.Http.RequestAborted);
            }

            return new Answer((int)response.StatusCode, body, offset);
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException && !call.Http.RequestAborted.IsCancellationRequested)
        {
            throw new RegistryException(RegistryError.ForwardFailed("Error while forwarding register schema request to the leader"));
        }
    }

    private static long OffsetOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues(RegistryHttp.OffsetHeader, out var values)
        && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            ? offset
            : -1;
}

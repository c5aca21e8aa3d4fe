using System.Net;
using Kernel;
using Kernel.Ids;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Federation.Gateway.Http;

/// <summary>
/// First and last to see a request: refuses what may not go further, and gives what the proxy could not get answered a body that says so, in
/// the form that the service would have used. Counts every answer.
/// </summary>
internal sealed class Reception(RegionId region, FrontDoorMetrics metrics)
{
    /// <summary>Names tenants where the registry is open to all, and is the operator's: it is asked for on the registry's own port.</summary>
    private const string RegistryMetrics = RegionRoutes.RegistryPrefix + "/metrics";

    public async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        var isRegistry = context.GetEndpoint()?.Metadata.GetMetadata<RouteModel>()?.Config.RouteId == RegionRoutes.Registry;
        if (Refusal(context, isRegistry) is { } refusal)
        {
            await DoorErrors.WriteAsync(context, isRegistry, refusal.Status, refusal.Message).ConfigureAwait(false);
        }
        else
        {
            await next(context).ConfigureAwait(false);
            if (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested && context.GetForwarderErrorFeature() is { } error)
            {
                var (status, message) = Failure(context, error, isRegistry);
                await DoorErrors.WriteAsync(context, isRegistry, status, message).ConfigureAwait(false);
            }
        }

        metrics.Answered(isRegistry, context.Response.StatusCode);
    }

    private static (int Status, string Message)? Refusal(HttpContext context, bool isRegistry)
    {
        var path = context.Request.Path;
        if (RequestTarget.PathAndQuery(context.Features.Get<IHttpRequestFeature>()!.RawTarget) is not { } target)
        {
            return (StatusCodes.Status404NotFound, "the request names no path");
        }

        var atMost = isRegistry ? Limits.MaxSchemaRequestBytes : Limits.MaxControlEntryBytes;
        if (context.Request.ContentLength > atMost)
        {
            // The body is read and dropped for a few seconds: a client that sends it all before it looks for an answer would else lose this one
            // to the reset of the connection.
            context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
            return (StatusCodes.Status413PayloadTooLarge, isRegistry ? "HTTP 413 Request Entity Too Large" : $"a body may have {atMost} bytes");
        }

        return isRegistry && (RequestTarget.WithoutFirstSegment(target) is null || path.Equals(RegistryMetrics, StringComparison.OrdinalIgnoreCase))
            ? (StatusCodes.Status404NotFound, "HTTP 404 Not Found")
            : null;
    }

    /// <summary>What a failure is to the client. 503: nothing was carried out, try again; 502 and 504: it may have been.</summary>
    private (int Status, string Message) Failure(HttpContext context, IForwarderErrorFeature error, bool isRegistry)
    {
        var service = isRegistry ? "schema registry" : "control API";
        if (error.Error == ForwarderError.NoAvailableDestinations || Failover.NothingWasSent(context))
        {
            metrics.Unavailable(isRegistry);
            return (StatusCodes.Status503ServiceUnavailable, isRegistry
                ? $"No schema registry can be reached: neither {region}'s nor another region's"
                : $"the control API of {region} cannot be reached");
        }

        return context.Response.StatusCode switch
        {
            StatusCodes.Status413PayloadTooLarge => (StatusCodes.Status413PayloadTooLarge, "HTTP 413 Request Entity Too Large"),
            StatusCodes.Status504GatewayTimeout =>
                (StatusCodes.Status504GatewayTimeout, $"The {service} did not answer in time; whether it did what was asked is not known"),
            >= 400 and < 500 => (context.Response.StatusCode, "The request's body ended early or could not be read"),
            _ => ((int)HttpStatusCode.BadGateway, $"The {service} failed while it answered; whether it did what was asked is not known"),
        };
    }
}

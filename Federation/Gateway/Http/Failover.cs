using System.Net.Sockets;
using Kernel.Ids;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Federation.Gateway.Http;

/// <summary>
/// Sends a request on to the next registry where that is safe: when nothing of it was sent (the connection failed, so its body was not begun
/// either), whatever the method; and when a GET or HEAD without a body failed before its answer began. Any other request may have been carried
/// out: its failure is the client's to judge. Nothing is buffered for it. A write that another registry sends here is for the local one alone.
/// </summary>
internal sealed class Failover(RegionId local, FrontDoorMetrics metrics)
{
    public async Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        var proxying = context.GetReverseProxyFeature();
        if (context.Request.Headers.ContainsKey(RequestRules.ForwardedHeader) && proxying.Route.Config.RouteId == RegionRoutes.Registry)
        {
            proxying.AvailableDestinations = [.. proxying.AvailableDestinations.Where(destination => destination.DestinationId == local.Name)];
        }

        var left = proxying.AvailableDestinations;
        while (true)
        {
            await next(context).ConfigureAwait(false);
            if (!MayTryAgain(context) || proxying.ProxiedDestination is not { } failed)
            {
                break;
            }

            left = [.. left.Where(destination => destination != failed)];
            if (left.Count == 0)
            {
                break;
            }

            metrics.TriedAgain();
            context.Features.Set<IForwarderErrorFeature>(null);
            context.Response.Clear();
            proxying.ProxiedDestination = null;
            proxying.AvailableDestinations = left;
        }

        if (proxying.Route.Config.RouteId == RegionRoutes.Registry
            && context.GetForwarderErrorFeature() is null
            && proxying.ProxiedDestination is { } answered
            && answered.DestinationId != local.Name)
        {
            metrics.StoodIn();
        }
    }

    /// <summary>The last attempt ended before a byte of the request had left.</summary>
    public static bool NothingWasSent(HttpContext context) => context.GetForwarderErrorFeature() is
    {
        Error: ForwarderError.Request,
        // .NET lets a bare SocketException through when the other side resets a connection just made.
        Exception: SocketException or HttpRequestException
        {
            HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError,
        },
    };

    private static bool MayTryAgain(HttpContext context)
    {
        if (context.Response.HasStarted || context.RequestAborted.IsCancellationRequested)
        {
            return false;
        }

        return NothingWasSent(context)
            || (IsRead(context)
                && context.GetForwarderErrorFeature()?.Error is ForwarderError.Request or ForwarderError.ResponseHeaders or ForwarderError.ResponseBodyDestination);
    }

    private static bool IsRead(HttpContext context) =>
        (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
        && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false };
}

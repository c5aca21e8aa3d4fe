using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace Federation.Gateway.Http;

/// <summary>
/// How a request looks to the service behind the door: the target as the client wrote it (without the registry's prefix), the client's Host
/// (tenants are found by it), X-Forwarded-For, -Host, -Proto and -Prefix as the door saw them, whatever the client claimed. All else passes.
/// </summary>
internal static class RequestRules
{
    /// <summary>
    /// Marks a write that another region's registry sends to this one's. It gives no rights: whoever claims it is answered by the local registry
    /// or by nobody, for one that stood in would send the write back here.
    /// </summary>
    public const string ForwardedHeader = "Federation-Forwarded";

    private const string PrefixHeader = "X-Forwarded-Prefix";
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    public static void Apply(TransformBuilderContext context)
    {
        var isRegistry = context.Route.RouteId == RegionRoutes.Registry;
        context.UseDefaultForwarders = false;
        context.AddXForwardedFor(action: ForwardedTransformActions.Set);
        context.AddXForwardedHost(action: ForwardedTransformActions.Set);
        context.AddXForwardedProto(action: ForwardedTransformActions.Set);
        context.AddOriginalHost();
        context.AddRequestTransform(request =>
        {
            var headers = request.ProxyRequest.Headers;
            headers.Remove(PrefixHeader);
            if (isRegistry)
            {
                headers.TryAddWithoutValidation(PrefixHeader, RegionRoutes.RegistryPrefix);
            }

            // Reception has refused what gives null here.
            var target = RequestTarget.PathAndQuery(request.HttpContext.Features.Get<IHttpRequestFeature>()!.RawTarget)!;
            target = isRegistry ? RequestTarget.WithoutFirstSegment(target)! : target;
            request.ProxyRequest.RequestUri = new Uri(request.DestinationPrefix.TrimEnd('/') + target, AsWritten);
            return default;
        });
    }
}

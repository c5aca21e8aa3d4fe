using Broker.Node.Metadata;
using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Broker.Node.Apis;

/// <summary>
/// Says what is served. A version from the future is answered in version 0 with the range of this API, so that the client can ask again
/// (KIP-511); version 5 also checks that the client has reached the cluster and node that it means (KIP-1242).
/// </summary>
internal sealed class ApiVersionsApi(Func<ApiTable> apis, MetadataStore metadata, int nodeId) : Api<ApiVersionsRequest, ApiVersionsResponse>, IApi
{
    private const short FirstWithNames = 3;
    private const short FirstWithTarget = 5;

    // Produce 0 to 2 are refused, but librdkafka up to 2.11 takes a minimum above 0 for a broker without compression (KAFKA-18659).
    private const short AdvertisedProduceMin = 0;

    ValueTask<Answer> IApi.HandleAsync(RequestContext context)
    {
        if (Versions.Contains(context.Version))
        {
            return HandleAsync(context);
        }

        // The body is of a version that nobody here can read.
        context.AnswerVersion = 0;
        return new(Finish(context, new ApiVersionsResponse
        {
            ErrorCode = (short)ErrorCode.UnsupportedVersion,
            ApiKeys = [new ApiVersionsResponse.ApiVersion { ApiKey = (short)Key, MinVersion = Versions.Min, MaxVersion = Versions.Max }],
        }));
    }

    protected override ValueTask<ApiVersionsResponse?> HandleAsync(RequestContext context, ApiVersionsRequest request)
    {
        if (context.Version >= FirstWithNames && !(IsName(request.ClientSoftwareName) && IsName(request.ClientSoftwareVersion)))
        {
            return Refused(ErrorCode.InvalidRequest);
        }

        if (context.Version >= FirstWithTarget && WhyWrongTarget(request) is var error && error != ErrorCode.None)
        {
            return Refused(error);
        }

        var response = new ApiVersionsResponse();
        foreach (var api in apis().Public)
        {
            response.ApiKeys.Add(new ApiVersionsResponse.ApiVersion
            {
                ApiKey = (short)api.Key,
                MinVersion = api.Key == ApiKey.Produce ? AdvertisedProduceMin : api.Versions.Min,
                MaxVersion = api.Versions.Max,
            });
        }

        return new(response);
    }

    private static ValueTask<ApiVersionsResponse?> Refused(ErrorCode error) => new(new ApiVersionsResponse { ErrorCode = (short)error });

    /// <summary>Both are given or neither; what is given must be this cluster and this node.</summary>
    private ErrorCode WhyWrongTarget(ApiVersionsRequest request)
    {
        if (request.ClusterId is null != (request.NodeId == -1))
        {
            return ErrorCode.InvalidRequest;
        }

        return request.ClusterId is null || (request.ClusterId == metadata.Image.ClusterId && request.NodeId == nodeId)
            ? ErrorCode.None
            : ErrorCode.RebootstrapRequired;
    }

    /// <summary>[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])? (KIP-511)</summary>
    private static bool IsName(string text)
        => text.Length > 0
            && char.IsAsciiLetterOrDigit(text[0])
            && char.IsAsciiLetterOrDigit(text[^1])
            && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.');
}

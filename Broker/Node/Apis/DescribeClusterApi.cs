using Broker.Node.Metadata;
using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Broker.Node.Apis;

/// <summary>Tells the cluster's brokers and which of them takes administrative requests (KIP-700, KIP-919).</summary>
internal sealed class DescribeClusterApi(MetadataStore metadata, BrokerOptions options) : Api<DescribeClusterRequest, DescribeClusterResponse>
{
    private const sbyte Brokers = 1;
    private const sbyte Controllers = 2;

    protected override ValueTask<DescribeClusterResponse?> HandleAsync(RequestContext context, DescribeClusterRequest request)
    {
        if (request.EndpointType != Brokers)
        {
            var (error, message) = request.EndpointType == Controllers
                ? (ErrorCode.MismatchedEndpointType, "The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER")
                : (ErrorCode.UnsupportedEndpointType, $"Unsupported endpoint type {request.EndpointType}");
            return new(new DescribeClusterResponse { ErrorCode = (short)error, ErrorMessage = message });
        }

        return new(new DescribeClusterResponse
        {
            ClusterId = metadata.Image.ClusterId,
            ControllerId = options.NodeId,
            Brokers = [new DescribeClusterResponse.DescribeClusterBroker
            {
                BrokerId = options.NodeId,
                Host = context.Connection.Listener.AdvertisedHost,
                Port = context.Connection.Listener.AdvertisedPort,
                Rack = options.Rack,
            }],
            ClusterAuthorizedOperations = request.IncludeClusterAuthorizedOperations ? AuthorizedOperations.OfCluster : AuthorizedOperations.NotAsked,
        });
    }
}

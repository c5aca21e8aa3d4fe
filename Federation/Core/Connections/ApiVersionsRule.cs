using System.Text.RegularExpressions;
using Federation.Core.Tenancy;
using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Federation.Core.Connections;

/// <summary>Decides the answer to ApiVersions, which a gateway gives itself, as Apache Kafka would give it.</summary>
public static partial class ApiVersionsRule
{
    /// <summary>The answer to a request of a version that is not known: in the format of version 0, with the range that is (KIP-511).</summary>
    public static ApiVersionsResponse Unsupported() => new()
    {
        ErrorCode = (short)ErrorCode.UnsupportedVersion,
        ApiKeys = [new() { ApiKey = (short)ApiKey.ApiVersions, MinVersion = ApiVersionsRequest.Versions.Min, MaxVersion = ApiVersionsRequest.Versions.Max }],
    };

    /// <summary>The answer to a request of a known version.</summary>
    public static ApiVersionsResponse Answer(ApiVersionsRequest request, short version, TenantView view, ApiVersionTable table)
    {
        if (version >= 3 && !(LegalSoftware().IsMatch(request.ClientSoftwareName) && LegalSoftware().IsMatch(request.ClientSoftwareVersion)))
        {
            return new() { ErrorCode = (short)ErrorCode.InvalidRequest };
        }

        if (version >= 5 && MisdirectedError(request, view) is var error and not ErrorCode.None)
        {
            return new() { ErrorCode = (short)error };
        }

        // No features: what they switch on (KIP-848 groups, transactions in their second version) is not let through.
        return new() { ApiKeys = table.Shown() };
    }

    // KIP-1242: both or neither; a client that means another cluster or node must find out again where its cluster is.
    private static ErrorCode MisdirectedError(ApiVersionsRequest request, TenantView view) => (request.ClusterId, request.NodeId) switch
    {
        (null, -1) => ErrorCode.None,
        (null, _) or (_, -1) => ErrorCode.InvalidRequest,
        var (cluster, node) => cluster == view.ClusterId && node == view.NodeId ? ErrorCode.None : ErrorCode.RebootstrapRequired,
    };

    [GeneratedRegex("^[a-zA-Z0-9](?:[a-zA-Z0-9\\-.]*[a-zA-Z0-9])?\\z", RegexOptions.NonBacktracking)]
    private static partial Regex LegalSoftware();
}

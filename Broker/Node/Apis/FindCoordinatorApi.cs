using Broker.Node.Groups;
using Protocol.Wire;
using Protocol.Wire.Messages;

namespace Broker.Node.Apis;

/// <summary>
/// FindCoordinator: this broker coordinates everything, and says so with the endpoint of the listener that the client used. The first
/// question for a group makes __consumer_offsets.
/// </summary>
internal sealed class FindCoordinatorApi(GroupCoordinator coordinator, int nodeId) : Api<FindCoordinatorRequest, FindCoordinatorResponse>
{
    private const sbyte GroupKeyType = 0;
    private const sbyte TransactionKeyType = 1;
    private const sbyte ShareKeyType = 2;

    private const short FirstBatchedVersion = 4;
    private const short FirstShareVersion = 6;

    protected override ValueTask<FindCoordinatorResponse?> HandleAsync(RequestContext context, FindCoordinatorRequest request)
    {
        // Version 0 has no key type: only groups had coordinators.
        var needsTopic = context.Version == 0 || request.KeyType == GroupKeyType;
        var ready = needsTopic ? coordinator.EnsureTopicAsync() : new(ErrorCode.None);
        return ready.IsCompletedSuccessfully ? new(Respond(context, request, ready.Result)) : AwaitAsync(ready);

        async ValueTask<FindCoordinatorResponse?> AwaitAsync(ValueTask<ErrorCode> pending)
            => Respond(context, request, await pending.ConfigureAwait(false));
    }

    private FindCoordinatorResponse Respond(RequestContext context, FindCoordinatorRequest request, ErrorCode ready)
    {
        var response = new FindCoordinatorResponse();
        if (context.Version >= FirstBatchedVersion)
        {
            foreach (var key in request.CoordinatorKeys)
            {
                response.Coordinators.Add(Find(context, request.KeyType, key, ready));
            }

            return response;
        }

        var found = Find(context, request.KeyType, request.Key, ready);
        response.ErrorCode = found.ErrorCode;
        response.ErrorMessage = found.ErrorMessage;
        response.NodeId = found.NodeId;
        response.Host = found.Host;
        response.Port = found.Port;
        return response;
    }

    private FindCoordinatorResponse.Coordinator Find(RequestContext context, sbyte keyType, string key, ErrorCode ready)
    {
        var (error, message) = context.Version > 0 && WhyRefused(context.Version, keyType, key) is { } why
            ? (ErrorCode.InvalidRequest, why)
            : ready != ErrorCode.None ? (ready, "The coordinator is not available.") : (ErrorCode.None, "");
        var listener = context.Connection.Listener;
        return error == ErrorCode.None
            ? new() { Key = key, NodeId = nodeId, Host = listener.AdvertisedHost, Port = listener.AdvertisedPort, ErrorMessage = message }
            : new() { Key = key, NodeId = -1, Host = "", Port = -1, ErrorCode = (short)error, ErrorMessage = message };
    }

    private static string? WhyRefused(short version, sbyte keyType, string key) => keyType switch
    {
        GroupKeyType or TransactionKeyType => null,
        ShareKeyType when version < FirstShareVersion => $"Share coordinators are found from version {FirstShareVersion} on.",
        ShareKeyType => IsShareKey(key) ? null : "A share coordinator's key is group:topicId:partition.",
        _ => $"{keyType} is no type of coordinator.",
    };

    /// <summary>group:topicId:partition, where the group may hold colons (KIP-932).</summary>
    private static bool IsShareKey(string key)
    {
        var last = key.LastIndexOf(':');
        var middle = last <= 0 ? -1 : key.LastIndexOf(':', last - 1);
        return middle > 0
            && IsUuid(key.AsSpan((middle + 1)..last))
            && int.TryParse(key.AsSpan(last + 1), System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out _);
    }

    /// <summary>Kafka's text form of a uuid: 16 bytes in base64url without padding.</summary>
    private static bool IsUuid(ReadOnlySpan<char> text)
    {
        Span<byte> bytes = stackalloc byte[16];
        return text.Length == 22
            && System.Buffers.Text.Base64Url.TryDecodeFromChars(text, bytes, out var written)
            && written == bytes.Length;
    }
}

using Protocol.Transport;
using Protocol.Wire;
using Protocol.Wire.Framing;

namespace Broker.Node.Apis;

/// <summary>One request on its way through the node. Made by the dispatcher, owned by the API until its answer.</summary>
public sealed class RequestContext
{
    public required RequestHeader Header { get; init; }

    /// <summary>The received frame, which the API disposes.</summary>
    public required ReceivedFrame Frame { get; init; }

    /// <summary>What follows the header: a slice of the frame.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    public required ConnectionState Connection { get; init; }

    /// <summary>Cancelled when the connection is gone.</summary>
    public required CancellationToken Closed { get; init; }

    public ApiKey Key => (ApiKey)Header.ApiKey;

    public short Version => Header.ApiVersion;

    /// <summary>The client's name for itself; empty when it gave none.</summary>
    public string ClientId => Header.ClientId ?? "";

    /// <summary>Set by an API to close the connection behind its answer, or instead of one.</summary>
    public bool CloseAfter { get; set; }

    /// <summary>Set by an API to have the connection not read for this long after the answer (KIP-219).</summary>
    public TimeSpan Mute { get; set; }

    /// <summary>Set by ApiVersions alone, whose refusal is in version 0 whatever was asked.</summary>
    public short? AnswerVersion { get; set; }
}

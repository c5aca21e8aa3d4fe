namespace Broker.Node.Apis;

/// <summary>Bit fields of the operations that a client may perform (KIP-430). Without an authorizer that is all there are.</summary>
internal static class AuthorizedOperations
{
    /// <summary>The client did not ask.</summary>
    public const int NotAsked = int.MinValue;

    /// <summary>Read, write, create, delete, alter, describe, describe configs, alter configs.</summary>
    public const int OfTopic = (1 << 3) | (1 << 4) | (1 << 5) | (1 << 6) | (1 << 7) | (1 << 8) | (1 << 10) | (1 << 11);

    /// <summary>Read, delete, describe, describe configs, alter configs.</summary>
    public const int OfGroup = (1 << 3) | (1 << 6) | (1 << 8) | (1 << 10) | (1 << 11);

    /// <summary>Create, alter, describe, cluster action, describe configs, alter configs, idempotent write.</summary>
    public const int OfCluster = (1 << 5) | (1 << 7) | (1 << 8) | (1 << 9) | (1 << 10) | (1 << 11) | (1 << 12);
}

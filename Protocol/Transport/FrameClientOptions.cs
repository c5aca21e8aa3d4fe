namespace Protocol.Transport;

/// <summary>How a client connects and whose threads it uses.</summary>
public sealed record FrameClientOptions
{
    /// <summary>The client id of the requests that the client makes itself.</summary>
    public required string ClientId { get; init; }

    /// <summary>A longer answer breaks the connection.</summary>
    public int MaxResponseFrameBytes { get; init; } = Kernel.Limits.MaxResponseFrameBytes;

    /// <summary>
    /// Whether what follows an awaited answer runs on the client's loop thread, which saves a thread hop and stalls the loop's connections while
    /// it runs: it has to be short and must never block. False: only for calls that were made on that thread, such as a handler's.
    /// </summary>
    public bool InlineContinuations { get; init; }

    /// <summary>The threads on which the connection may live; null: those that the process shares. A client opened on a loop's thread always stays on that one.</summary>
    public EventLoops? Loops { get; init; }
}

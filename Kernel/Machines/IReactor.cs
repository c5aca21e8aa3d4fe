namespace Kernel.Machines;

/// <summary>
/// A machine that turns inputs into effects. It holds no clock, socket, file, task or lock: the same history of inputs
/// gives the same effects, in production and in the simulator. One owner calls it; it is not safe for several threads.
/// </summary>
/// <typeparam name="TInput">The closed hierarchy of what can happen to the machine.</typeparam>
/// <typeparam name="TEffect">The closed hierarchy of what the machine asks its host to do.</typeparam>
public interface IReactor<in TInput, TEffect>
{
    /// <summary>When the machine wants to be stepped again at the latest, or null when only an input can change it.</summary>
    Instant? Deadline { get; }

    /// <summary>Takes one input. Effects are to be performed in the order in which they were added: persist, then send, then answer.</summary>
    void Step(TInput input, Now now, Outbox<TEffect> outbox);
}

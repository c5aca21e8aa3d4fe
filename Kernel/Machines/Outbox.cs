namespace Kernel.Machines;

/// <summary>Collects the effects of one step, in order. The host drains it after every step; it is reused, so nothing may keep it.</summary>
public sealed class Outbox<TEffect>
{
    private readonly List<TEffect> _effects = [];

    /// <summary>The effects of the step, in the order in which they must be performed.</summary>
    public IReadOnlyList<TEffect> Effects => _effects;

    /// <summary>Adds an effect behind those already asked for.</summary>
    public void Add(TEffect effect) => _effects.Add(effect);

    /// <summary>Forgets the effects. For the host, after it performed them.</summary>
    public void Clear() => _effects.Clear();
}

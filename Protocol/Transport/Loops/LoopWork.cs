namespace Protocol.Transport.Loops;

/// <summary>Something that a loop is asked to do by another thread. It is its own list node, so that posting allocates nothing; it may wait in one place at a time.</summary>
internal abstract class LoopWork
{
    /// <summary>The next one in whatever list it waits in.</summary>
    internal LoopWork? Next { get; set; }

    /// <summary>Called once for each time it was posted, on the loop's thread.</summary>
    public abstract void Run();
}

/// <summary>An action as work, for what is rare.</summary>
internal sealed class LoopAction(Action action) : LoopWork
{
    public override void Run() => action();
}

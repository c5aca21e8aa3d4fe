namespace SchemaRegistry.Service;

/// <summary>
/// Where a tenant's log is written now. Whoever knows the federation says so, for each write anew, because homes move; the registry decides nothing
/// about it. The default is an unknown home: writes are refused with 50004, and no exporter runs.
/// </summary>
/// <param name="IsHere">This node's region writes.</param>
/// <param name="Registry">
/// Otherwise the registry of the region that writes, or the path below which its front door has it; null where that is not known.
/// </param>
public readonly record struct WriteHome(bool IsHere, Uri? Registry)
{
    public static WriteHome Here => new(IsHere: true, null);

    public static WriteHome Unknown => default;

    public static WriteHome At(Uri registry) => new(IsHere: false, registry);
}

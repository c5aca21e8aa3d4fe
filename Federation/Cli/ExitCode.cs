namespace Federation.Cli;

/// <summary>How `fed` ends. Scripts rely on these numbers; they are printed by --help and never change.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int Error = 1;
    public const int Usage = 2;
    public const int NotFound = 3;
    public const int Denied = 4;
    public const int Conflict = 5;
    public const int Throttled = 6;
    public const int Unreachable = 7;

    /// <summary>Done here, not yet in all regions.</summary>
    public const int Partial = 8;

    public const string Help = "Exit codes: 0 done, 1 error, 2 usage or invalid input, 3 not found, 4 denied, 5 conflict or incompatible, 6 throttled, 7 unreachable or too late, 8 not yet in all regions.";

    /// <summary>The exit code for an HTTP status.</summary>
    public static int Of(int status) => status switch
    {
        202 => Partial,
        >= 200 and < 300 => Ok,
        400 => Usage,
        401 or 403 => Denied,
        404 => NotFound,
        409 => Conflict,
        429 => Throttled,
        502 or 503 or 504 => Unreachable,
        _ => Error,
    };

    /// <summary>The exit code for a refusal of a schema registry: its error codes say more than the status.</summary>
    public static int OfRegistry(int status, int errorCode) => errorCode switch
    {
        // Deleted already, or not deleted first; a mode or a reference forbids it; another id.
        >= 40404 and <= 40407 or 42205 or 42206 or 42207 or 42211 => Conflict,
        422 or (>= 42200 and < 42300) => Usage,
        _ => Of(status),
    };
}

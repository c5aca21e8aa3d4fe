using System.Diagnostics;
using System.Runtime.InteropServices;
using Xunit;

namespace Tests.World.Harness;

/// <summary>Signals to processes that a test started. By the system's call: a machine with the SDK alone may have no program that sends them.</summary>
internal static partial class Signal
{
    private const int Term = 15;
    private const int Stop = 19;

    /// <summary>SIGTERM, as Ctrl+C does.</summary>
    public static void End(Process process) => Send(process, Term);

    /// <summary>SIGSTOP: from now on the process says nothing more.</summary>
    public static void Freeze(Process process) => Send(process, Stop);

    private static void Send(Process process, int signal) =>
        Assert.True(Kill(process.Id, signal) == 0, $"signal {signal} could not be sent to process {process.Id}");

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}

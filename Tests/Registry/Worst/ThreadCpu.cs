using System.Runtime.InteropServices;

namespace Tests.Registry.Worst;

/// <summary>The CPU that the present thread has used. For tables that people read: no test asserts it.</summary>
internal static class ThreadCpu
{
    private const int ThreadClock = 3;

    /// <summary>Milliseconds; 0 where the system does not say.</summary>
    public static double Ms() => OperatingSystem.IsLinux() && GetTime(ThreadClock, out var time) == 0 ? (time.Seconds * 1e3) + (time.Nanoseconds / 1e6) : 0;

    [DllImport("libc", EntryPoint = "clock_gettime")]
    private static extern int GetTime(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}

using System.Diagnostics;

namespace Loadtests.Measure;

/// <summary>What a server process spent between two readings.</summary>
public sealed class ProcessCost(int pid)
{
    private TimeSpan _cpu;

    /// <summary>Begins a measurement.</summary>
    public void Start() => _cpu = Read().Cpu;

    /// <summary>CPU time (user and system, all threads) since <see cref="Start"/>, and resident memory now.</summary>
    public (TimeSpan Cpu, long ResidentBytes) Stop()
    {
        var (cpu, resident) = Read();
        return (cpu - _cpu, resident);
    }

    private (TimeSpan Cpu, long ResidentBytes) Read()
    {
        using var process = Process.GetProcessById(pid);
        return (process.TotalProcessorTime, process.WorkingSet64);
    }
}

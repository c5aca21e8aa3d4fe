using System.Globalization;

namespace Hosting;

/// <summary>What the process costs itself: garbage collection and memory, in Prometheus' text format. Without labels: a process has one runtime, whatever runs in it.</summary>
public static class RuntimeMetrics
{
    /// <summary>Writes the present values. Cheap; any thread.</summary>
    public static void Write(TextWriter writer)
    {
        writer.Write("# TYPE dotnet_gc_collections_total counter\n");
        for (var generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            // The runtime counts a collection of an older generation for the younger ones too.
            var count = GC.CollectionCount(generation) - (generation < GC.MaxGeneration ? GC.CollectionCount(generation + 1) : 0);
            Line(writer, $"dotnet_gc_collections_total{{generation=\"{generation}\"}}", count);
        }

        writer.Write("# TYPE dotnet_gc_pause_seconds_total counter\n");
        Line(writer, "dotnet_gc_pause_seconds_total", GC.GetTotalPauseDuration().TotalSeconds);
        writer.Write("# TYPE dotnet_gc_allocated_bytes_total counter\n");
        Line(writer, "dotnet_gc_allocated_bytes_total", GC.GetTotalAllocatedBytes());
        writer.Write("# TYPE dotnet_gc_heap_bytes gauge\n");
        Line(writer, "dotnet_gc_heap_bytes", GC.GetTotalMemory(forceFullCollection: false));
        writer.Write("# TYPE process_resident_memory_bytes gauge\n");
        Line(writer, "process_resident_memory_bytes", Environment.WorkingSet);
        writer.Write("# TYPE process_cpu_seconds_total counter\n");
        Line(writer, "process_cpu_seconds_total", Environment.CpuUsage.TotalTime.TotalSeconds);
    }

    private static void Line(TextWriter writer, string name, double value) => writer.Write($"{name} {value.ToString("R", CultureInfo.InvariantCulture)}\n");
}

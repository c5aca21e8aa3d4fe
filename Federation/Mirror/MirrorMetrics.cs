using System.Globalization;
using Federation.Core.Mirroring;
using Kernel.Ids;

namespace Federation.Mirror;

/// <summary>The link's metrics in Prometheus' text format.</summary>
internal static class MirrorMetrics
{
    /// <summary>Writes them all.</summary>
    /// <param name="status">Both sides' partitions.</param>
    /// <param name="mirrored">Bytes made durable and reconnects, by source region.</param>
    /// <param name="pushed">Bytes pushed, by destination region.</param>
    public static void Write(
        TextWriter writer, string labels, RegionId region, IReadOnlyList<PartitionMirrorStatus> status, IReadOnlyDictionary<RegionId, (long Bytes, long Reconnects)> mirrored,
        IReadOnlyDictionary<RegionId, long> pushed)
    {
        var copies = status.Where(s => s.Region == region.Name).ToList();
        var followed = status.Where(s => s.Region != region.Name).ToList();
        Family(writer, "federation_mirror_lag_records", "gauge", "Records committed at the source and not durable in the copy; -1 unknown.");
        copies.ForEach(s => Line(writer, "federation_mirror_lag_records", labels, Labels(s), s.LagRecords));
        Family(writer, "federation_mirror_lag_milliseconds", "gauge", "Age of the oldest record that the copy lacks, by the source's clock; -1 unknown.");
        copies.ForEach(s => Line(writer, "federation_mirror_lag_milliseconds", labels, Labels(s), s.LagMs));
        Family(writer, "federation_mirror_state", "gauge", "0 connecting, 1 catching up, 2 following, 3 failed.");
        copies.ForEach(s => Line(writer, "federation_mirror_state", labels, Labels(s), (int)s.State));
        Family(writer, "federation_mirror_bytes_total", "counter", "Bytes of batches made durable in copies.");
        foreach (var (source, (bytes, _)) in mirrored)
        {
            Line(writer, "federation_mirror_bytes_total", labels, $"source=\"{source}\"", bytes);
        }

        Family(writer, "federation_mirror_reconnects_total", "counter", "Times that a link was lost after it had been open.");
        foreach (var (source, (_, reconnects)) in mirrored)
        {
            Line(writer, "federation_mirror_reconnects_total", labels, $"source=\"{source}\"", reconnects);
        }

        Family(writer, "federation_link_pushed_bytes_total", "counter", "Bytes of batches pushed to other regions.");
        foreach (var (destination, bytes) in pushed)
        {
            Line(writer, "federation_link_pushed_bytes_total", labels, $"destination=\"{destination}\"", bytes);
        }

        Family(writer, "federation_link_unacknowledged_records", "gauge", "Records committed here that another region has not acknowledged; -1 unknown.");
        followed.ForEach(s => Line(writer, "federation_link_unacknowledged_records", labels, Labels(s), s.LagRecords));
        Family(writer, "federation_link_unacknowledged_milliseconds", "gauge", "Since when another region lacks a record that is committed here; -1 unknown.");
        followed.ForEach(s => Line(writer, "federation_link_unacknowledged_milliseconds", labels, Labels(s), s.LagMs));
    }

    private static string Labels(PartitionMirrorStatus s) =>
        string.Create(CultureInfo.InvariantCulture, $"topic=\"{Escape(s.Topic)}\",partition=\"{s.Partition}\",source=\"{s.SourceRegion}\",destination=\"{s.Region}\"");

    private static string Escape(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static void Family(TextWriter writer, string name, string kind, string help)
    {
        writer.Write($"# HELP {name} {help}\n");
        writer.Write($"# TYPE {name} {kind}\n");
    }

    private static void Line(TextWriter writer, string name, string labels, string own, long value) =>
        writer.Write(string.Create(CultureInfo.InvariantCulture, $"{name}{{{labels}{(labels.Length > 0 ? "," : "")}{own}}} {value}\n"));
}

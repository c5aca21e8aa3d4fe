using System.Text.Json;

namespace Tests.World.Harness;

/// <summary>The two data sets as keyed records, from the shared folder. Read once.</summary>
internal static class RealData
{
    /// <summary>One record per flight, keyed by its origin.</summary>
    public static IReadOnlyList<KeyedRecord> Flights() =>
        [.. JsonDocument.Parse(File.ReadAllBytes(RealParts.SharedFile("data/flights-20k.json"))).RootElement.EnumerateArray()
            .Select(flight => new KeyedRecord(flight.GetProperty("origin").GetString()!, flight.GetRawText()))];

    /// <summary>One record per zip code, keyed by its state.</summary>
    public static IReadOnlyList<KeyedRecord> ZipCodes() =>
        [.. File.ReadLines(RealParts.SharedFile("data/zipcodes.csv")).Skip(1).Where(line => line.Length > 0)
            .Select(line => new KeyedRecord(line.Split(',')[4], line))];
}

/// <summary>What a test writes.</summary>
internal sealed record KeyedRecord(string Key, string Value);

/// <summary>What a test reads back. Header values, key and value in base64, as all clients print them.</summary>
internal sealed record ReadRecord(int Partition, long Offset, long Timestamp, string Key, string Value, string Headers)
{
    /// <summary>Reads the tab-separated lines of the clients.</summary>
    public static List<ReadRecord> Parse(string lines) =>
        [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t'))
            .Select(f => new ReadRecord(int.Parse(f[0]), long.Parse(f[1]), long.Parse(f[2]), f[3], f[4], f[5]))
            .OrderBy(r => r.Partition).ThenBy(r => r.Offset)];
}

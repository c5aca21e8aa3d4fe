using System.Text.Json;
using System.Text.Json.Serialization;
using Federation.Core.Homes;

namespace Federation.Control.Ledger;

/// <summary>One entry of the control log as JSON: a kind, and that kind's own fields. Kinds are added, never changed.</summary>
internal sealed record ControlEntry
{
    public FederationRecord.RegionJoined? RegionJoined { get; init; }
    public FederationRecord.TopicCreated? TopicCreated { get; init; }
    public FederationRecord.HomeMade? HomeMade { get; init; }
    public FederationRecord.TopicLeaving? TopicLeaving { get; init; }
    public FederationRecord.TopicDeleted? TopicDeleted { get; init; }

    /// <summary>The entry's bytes.</summary>
    public static byte[] Encode(FederationRecord record)
    {
        var entry = record switch
        {
            FederationRecord.RegionJoined joined => new ControlEntry { RegionJoined = joined },
            FederationRecord.TopicCreated created => new ControlEntry { TopicCreated = created },
            FederationRecord.HomeMade made => new ControlEntry { HomeMade = made },
            FederationRecord.TopicLeaving leaving => new ControlEntry { TopicLeaving = leaving },
            FederationRecord.TopicDeleted deleted => new ControlEntry { TopicDeleted = deleted },
            _ => throw new ArgumentException($"{record.GetType().Name} has no form in the log", nameof(record)),
        };
        return JsonSerializer.SerializeToUtf8Bytes(entry, ControlEntryJson.Default.ControlEntry);
    }

    /// <summary>The record of an entry whose checksum was right. Throws <see cref="InvalidDataException"/> for a kind that this version does not know.</summary>
    public static FederationRecord Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var entry = JsonSerializer.Deserialize(bytes, ControlEntryJson.Default.ControlEntry);
            return (FederationRecord?)entry?.RegionJoined ?? (FederationRecord?)entry?.TopicCreated ?? (FederationRecord?)entry?.HomeMade
                ?? (FederationRecord?)entry?.TopicLeaving ?? entry?.TopicDeleted ?? throw new InvalidDataException("an entry of a kind that this version does not know; was it written by a newer one?");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"an entry that cannot be read: {e.Message}", e);
        }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ControlEntry))]
internal sealed partial class ControlEntryJson : JsonSerializerContext;

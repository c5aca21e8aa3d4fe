using System.Reflection;
using System.Text.Json;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Messages;
using Tests.Harness;
using Xunit;

namespace Tests.Contract;

/// <summary>Our attributed messages against Apache Kafka 4.3's own definitions: versions, order, types, nulls, tags, defaults, entities.</summary>
public class DefinitionTests
{
    // Where we go beyond 4.3 on purpose: Produce below 3 is advertised for old librdkafka, ApiVersions 5 came with 4.4 (KIP-1242).
    private static readonly Dictionary<string, VersionRange> Ours = new()
    {
        ["ProduceRequest"] = new VersionRange(0, 13),
        ["ProduceResponse"] = new VersionRange(0, 13),
        ["ApiVersionsRequest"] = new VersionRange(0, 5),
        ["ApiVersionsResponse"] = new VersionRange(0, 5),
    };

    // What a client needs to produce, consume in groups and manage topics, at every version from 4.x's smallest to 4.3's largest.
    private static readonly ApiKey[] FirstIssue =
    [
        ApiKey.ApiVersions, ApiKey.Metadata, ApiKey.Produce, ApiKey.Fetch, ApiKey.ListOffsets, ApiKey.FindCoordinator, ApiKey.JoinGroup,
        ApiKey.SyncGroup, ApiKey.Heartbeat, ApiKey.LeaveGroup, ApiKey.OffsetCommit, ApiKey.OffsetFetch, ApiKey.OffsetForLeaderEpoch,
        ApiKey.InitProducerId, ApiKey.CreateTopics, ApiKey.DeleteTopics, ApiKey.CreatePartitions, ApiKey.DescribeConfigs,
        ApiKey.DescribeCluster, ApiKey.DescribeGroups, ApiKey.ListGroups, ApiKey.DeleteGroups,
    ];

    public static TheoryData<string> KafkasMessages() => [.. MessageTypes().Where(t => !IsPrivate(t)).Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(KafkasMessages))]
    public void Message_is_as_Kafka_defines_it(string name)
    {
        var type = MessageTypes().Single(t => t.Name == name);
        var attribute = type.GetCustomAttribute<KafkaMessageAttribute>()!;
        var definition = Definition.Load(name);
        var ours = VersionRange.Parse(attribute.Versions);
        Assert.Equal(Ours.GetValueOrDefault(name, definition.Versions), ours);
        Assert.Equal(Cut(definition.Flexible, definition.Versions), Cut(VersionRange.Parse(attribute.Flexible), definition.Versions));
        if (definition.ApiKey is { } key && attribute.Kind != MessageKind.Data)
        {
            Assert.Equal(key, (short)attribute.ApiKey!.Value);
        }

        var differences = new List<string>();
        Compare(type, definition.Fields, definition, name, differences);
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public void Every_API_of_the_first_issue_is_there()
    {
        foreach (var key in FirstIssue)
        {
            Assert.True(MessageCatalog.TryFind((short)key, out var info), $"{key} is missing");
            foreach (var kind in new[] { "Request", "Response" })
            {
                var name = $"{key}{kind}";
                Assert.Contains(MessageTypes(), t => t.Name == name);
                var versions = Definition.Load(name).Versions;
                Assert.True(info.Versions.Contains(versions.Min) && info.Versions.Contains(versions.Max), $"{name}: {info.Versions} lacks some of {versions}");
            }
        }
    }

    private static void Compare(Type type, JsonElement fields, Definition definition, string path, List<string> differences)
    {
        // Fields that came after 4.3 have no counterpart.
        var made = Activator.CreateInstance(type)!;
        var ours = type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Select(property => (Property: property, Field: property.GetCustomAttribute<FieldAttribute>()))
            .Where(p => p.Field is not null && !IsEmpty(Cut(VersionRange.Parse(p.Field.Versions), definition.Versions)))
            .OrderBy(p => p.Property.MetadataToken).ToList();
        var theirs = fields.EnumerateArray().Where(f => !IsEmpty(Cut(Range(f, "versions"), definition.Versions))).ToList();
        var names = theirs.Select(f => Capital(f.GetProperty("name").GetString()!)).ToList();
        if (!names.SequenceEqual(ours.Select(p => p.Property.Name)))
        {
            differences.Add($"{path}: Kafka has {string.Join(", ", names)}; we {string.Join(", ", ours.Select(p => p.Property.Name))}");
            return;
        }

        for (var i = 0; i < names.Count; i++)
        {
            CompareField(ours[i].Property, ours[i].Field!, theirs[i], definition, made, $"{path}.{names[i]}", differences);
        }
    }

    private static void CompareField(
        PropertyInfo property, FieldAttribute ours, JsonElement theirs, Definition definition, object made, string path, List<string> differences)
    {
        void Same<T>(string what, T kafka, T we)
        {
            if (!Equals(kafka, we))
            {
                differences.Add($"{path}: {what} {kafka}, ours {we}");
            }
        }

        Same("versions", Cut(Range(theirs, "versions"), definition.Versions), Cut(VersionRange.Parse(ours.Versions), definition.Versions));
        var versions = Cut(VersionRange.Parse(ours.Versions), definition.Versions);
        Same("nullable", Cut(Range(theirs, "nullableVersions"), versions), Cut(VersionRange.Parse(ours.Nullable), versions));
        Same("tagged", Cut(Range(theirs, "taggedVersions"), versions), Cut(VersionRange.Parse(ours.Tagged), versions));
        Same("tag", theirs.TryGetProperty("tag", out var tag) ? tag.GetInt32() : -1, ours.Tag);
        if (theirs.TryGetProperty("flexibleVersions", out _))
        {
            Same("flexible", Cut(Range(theirs, "flexibleVersions"), versions), Cut(VersionRange.Parse(ours.Flexible ?? "none"), versions));
        }

        var kafkasType = theirs.GetProperty("type").GetString()!;
        var (elementName, element) = WireName(property.PropertyType);
        var isStruct = element?.GetCustomAttribute<KafkaStructAttribute>() is not null;
        Same("type", Definition.IsStruct(kafkasType) ? kafkasType.StartsWith('[') ? "[]struct" : "struct" : kafkasType, elementName);
        if (isStruct)
        {
            Compare(element!, definition.FieldsOf(theirs, kafkasType.TrimStart('[', ']')), definition, path, differences);
        }

        if (elementName is not ("struct" or "records"))
        {
            Same("default", DefaultOf(theirs, elementName), Text(property.GetValue(made)));
        }

        if (theirs.TryGetProperty("entityType", out var entity))
        {
            Same("entity", entity.GetString()!.ToUpperInvariant(), ours.Meaning.ToString().ToUpperInvariant());
        }
    }

    private static (string Name, Type? Element) WireName(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>))
        {
            var (name, element) = WireName(type.GetGenericArguments()[0]);
            return ($"[]{name}", element);
        }

        return type.GetCustomAttribute<KafkaStructAttribute>() is not null ? ("struct", type)
            : (type == typeof(Guid) ? "uuid" : type == typeof(ReadOnlyMemory<byte>) ? "bytes" : type == typeof(WireRecords) ? "records"
                : type.Name switch
                {
                    "Boolean" => "bool",
                    "SByte" => "int8",
                    "Double" => "float64",
                    var other => other.ToLowerInvariant(),
                }, null);
    }

    private static string DefaultOf(JsonElement field, string type)
    {
        var text = field.TryGetProperty("default", out var given) ? given.ToString() : "";
        return text == "null" ? "null"
            : type.StartsWith('[') ? "[]"
            : type switch
            {
                "string" => $"'{text}'",
                "bytes" => "bytes[0]",
                "bool" => text is "true" ? "True" : "False",
                "uuid" => Guid.Empty.ToString(),
                _ when text.StartsWith("0x", StringComparison.Ordinal) => Convert.ToInt64(text, 16).ToString(),
                _ => text.Length == 0 ? "0" : text,
            };
    }

    private static string Text(object? value) => value switch
    {
        null => "null",
        string text => $"'{text}'",
        ReadOnlyMemory<byte> bytes => $"bytes[{bytes.Length}]",
        System.Collections.IList { Count: 0 } => "[]",
        _ => value.ToString()!,
    };

    private static string Capital(string name) => char.ToUpperInvariant(name[0]) + name[1..];

    private static VersionRange Range(JsonElement field, string name) =>
        field.TryGetProperty(name, out var text) ? VersionRange.Parse(text.GetString()!) : VersionRange.None;

    /// <summary>The part of a range that both sides have; all empty ranges are the same.</summary>
    private static VersionRange Cut(VersionRange range, VersionRange to) => range.Intersect(to) is var cut && IsEmpty(cut) ? VersionRange.None : cut;

    private static bool IsEmpty(VersionRange range) => range.Max < range.Min;

    private static bool IsPrivate(Type type) => type.GetCustomAttribute<KafkaMessageAttribute>()!.ApiKey is ApiKey.MirrorAppend or ApiKey.MirrorOpen;

    private static IEnumerable<Type> MessageTypes() =>
        typeof(ProduceRequest).Assembly.GetTypes().Where(t => t.GetCustomAttribute<KafkaMessageAttribute>() is not null);

    /// <summary>One of Kafka's definition files.</summary>
    private sealed class Definition(JsonElement root, bool isLatestUnstable)
    {
        private static readonly string[] Folders = ["reference/kafka/message-definitions", "reference/kafka/record-schemas/group-coordinator"];

        /// <summary>The released versions: a broker does not offer an unstable latest one.</summary>
        public VersionRange Versions => Range(root, "validVersions") is var all && isLatestUnstable ? all with { Max = (short)(all.Max - 1) } : all;

        public VersionRange Flexible => Range(root, "flexibleVersions");

        public short? ApiKey => root.TryGetProperty("apiKey", out var key) ? key.GetInt16() : null;

        public JsonElement Fields => root.GetProperty("fields");

        public static Definition Load(string name)
        {
            // Only the request says that its latest version is not stable; it holds for the answer too.
            var root = Parse(name);
            var request = name.EndsWith("Response", StringComparison.Ordinal) ? Parse(name.Replace("Response", "Request", StringComparison.Ordinal)) : root;
            return new Definition(root, request.TryGetProperty("latestVersionUnstable", out var unstable) && unstable.GetBoolean());
        }

        public static bool IsStruct(string type) => char.IsUpper(type.TrimStart('[', ']')[0]);

        public JsonElement FieldsOf(JsonElement field, string type) => field.TryGetProperty("fields", out var fields) ? fields
            : root.GetProperty("commonStructs").EnumerateArray().Single(s => s.GetProperty("name").GetString() == type).GetProperty("fields");

        private static JsonElement Parse(string name)
        {
            var path = Folders.Select(folder => Path.Combine(RealParts.SharedFile(folder), $"{name}.json")).First(File.Exists);
            var options = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
            return JsonDocument.Parse(File.ReadAllText(path), options).RootElement;
        }
    }
}

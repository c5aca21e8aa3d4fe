using System.Text.Json;
using System.Text.Json.Nodes;
using Avro;
using Avro.Generic;
using Avro.IO;
using CsCheck;
using SchemaRegistry.Core.Languages;
using Tests.Registry.Harness;
using Xunit;

namespace Tests.Registry.Avro;

/// <summary>
/// The verdict against the truth: data are written with the writer's schema and read with the reader's by Apache.Avro. A compatible pair reads
/// all of them, an incompatible one fails for some. PAIRS sets how many pairs are tried.
/// </summary>
public class DataTests
{
    private const int DataOfCompatible = 20;
    private const int DataOfIncompatible = 1000;

    private static readonly int Pairs = Draws.Count(3000);

    private long _compatible;
    private long _incompatible;
    private long _relabelled;
    private long _skipped;

    [Fact]
    public void Verdicts_are_what_data_say()
    {
        SchemaPairs.Plain.Try(Judge, Pairs);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{_compatible} compatible ({_relabelled} of them when relabelled), {_incompatible} incompatible, {_skipped} that Apache.Avro cannot take");
        Assert.True(_compatible > Pairs / 10 && _incompatible > Pairs / 10, "The pairs are of one kind");
        Assert.True(_skipped <= 10 + (Pairs / 50), "Too many pairs are not judged");
    }

    private bool Judge(SchemaPairs.Pair pair)
    {
        var isCompatible = IsCompatible(pair);
        if (Reads(pair, isCompatible ? DataOfCompatible : DataOfIncompatible) is not { } reads)
        {
            Interlocked.Increment(ref _skipped);
            return true;
        }

        if (reads || !isCompatible)
        {
            Interlocked.Increment(ref isCompatible ? ref _compatible : ref _incompatible);
            return reads == isCompatible;
        }

        // Three deviations of Apache.Avro from the specification: it does not read strings as bytes and bytes as strings, it matches names with
        // their namespaces where short names are enough, and it reads a field that it finds by its alias a second time. A pair that fails for
        // these alone reads when both sides are called the same.
        if (Relabelled(pair) is not { } relabelled || Reads(relabelled, DataOfCompatible) is not { } readsRelabelled)
        {
            Interlocked.Increment(ref _skipped);
            return true;
        }

        Interlocked.Increment(ref _compatible);
        Interlocked.Increment(ref _relabelled);
        return readsRelabelled && IsCompatible(relabelled);
    }

    private static bool IsCompatible(SchemaPairs.Pair pair) => Schemas.Compare(pair.Reader, pair.Writer).Count == 0;

    /// <summary>Null when Apache.Avro cannot take one of the schemas, or no data of it exist.</summary>
    private static bool? Reads(SchemaPairs.Pair pair, int data)
    {
        Schema writer;
        Schema reader;
        try
        {
            (writer, reader) = (Schema.Parse(pair.Writer), Schema.Parse(pair.Reader));
        }
        catch (Exception)
        {
            // It refuses a map of unknown names and an alias that is the field's own name, which Java takes.
            return null;
        }

        var generator = new DatumGenerator(new Random(1));
        for (var i = 0; i < data; i++)
        {
            using var bytes = new MemoryStream();
            try
            {
                new GenericWriter<object?>(writer).Write(generator.Of(writer), new BinaryEncoder(bytes));
            }
            catch (DatumGenerator.NoDataException)
            {
                return null;
            }

            bytes.Position = 0;
            try
            {
                new GenericReader<object?>(writer, reader).Read(null, new BinaryDecoder(bytes));
            }
            catch (AvroException e) when (e.Message.StartsWith("Default ", StringComparison.Ordinal))
            {
                // It takes a union's default for one of the first branch, as specifications before 1.12 did.
                return null;
            }
            catch (Exception)
            {
                // Not always one of its own: a field that is read twice may end anywhere.
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// The pair with strings for bytes, without namespaces, and with the old name of what the reader knows by an old name. Null where names clash
    /// then, and where a type of the reader has another type's name for an alias: which of the two is meant in a union, nobody says.
    /// </summary>
    private static SchemaPairs.Pair? Relabelled(SchemaPairs.Pair pair)
    {
        var types = SchemaGenerator.Walk(JsonNode.Parse(pair.Reader)!).OfType<JsonObject>().Where(IsNamedType).ToList();
        var names = types.Select(type => Short(type["name"]!)).ToHashSet();
        if (types.SelectMany(type => type["aliases"] as JsonArray ?? []).Any(alias => names.Contains(Short(alias!))))
        {
            return null;
        }

        var oldNames = SchemaGenerator.Walk(JsonNode.Parse(pair.Reader)!).Select(OldName).OfType<string>().ToHashSet();
        var relabelled = new SchemaPairs.Pair(Relabelled(pair.Reader, oldNames), Relabelled(pair.Writer, oldNames));
        var isTaken = new[] { relabelled.Reader, relabelled.Writer }
            .All(text => Schemas.Language.Parse(SchemaSource.Of(text), ParseRules.Register).Schema is not null);
        return isTaken ? relabelled : null;
    }

    private static string Relabelled(string text, HashSet<string> oldNames)
    {
        // Schemas of this style have dots in names alone, and no short name twice.
        var root = new JsonArray(JsonNode.Parse(text));
        foreach (var node in SchemaGenerator.Walk(root).ToList())
        {
            switch (node)
            {
                case JsonObject o:
                    o.Remove("namespace");
                    if (OldName(o) is { } old && oldNames.Contains(old))
                    {
                        o["name"] = old;
                        o.Remove("aliases");
                    }

                    break;
                case JsonValue value when value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() == "bytes":
                    node.ReplaceWith("string");
                    break;
                case JsonValue value when value.GetValueKind() == JsonValueKind.String && value.GetValue<string>().Contains('.', StringComparison.Ordinal):
                    node.ReplaceWith(Short(value));
                    break;
            }
        }

        return root[0]!.ToJsonString();
    }

    /// <summary>The one alias of something with a new name. A type can be called so too, and its alias may have a namespace, which goes like all others.</summary>
    private static string? OldName(JsonNode node) =>
        node is JsonObject o && o.ContainsKey("type") && o["name"]?.GetValue<string>() == SchemaPairs.NewFieldName && o["aliases"] is JsonArray { Count: 1 } aliases
            ? Short(aliases[0]!)
            : null;

    private static bool IsNamedType(JsonObject o) => o.ContainsKey("fields") || o.ContainsKey("symbols") || o.ContainsKey("size");

    private static string Short(JsonNode name) => name.GetValue<string>().Split('.')[^1];
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Avro;
using Avro.Generic;
using Avro.IO;
using CsCheck;
using SchemaRegistry.Core.Languages;
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

    private static readonly long Pairs = long.TryParse(Environment.GetEnvironmentVariable("PAIRS"), out var pairs) ? pairs : 3000;

    private long _compatible;
    private long _incompatible;
    private long _relabelled;
    private long _skipped;

    [Fact]
    public void Verdicts_are_what_data_say()
    {
        SchemaPairs.Plain.Sample(Judge, iter: Pairs);
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

    /// <summary>The pair with strings for bytes, without namespaces, and with the old name of a field that has one; null where names clash then.</summary>
    private static SchemaPairs.Pair? Relabelled(SchemaPairs.Pair pair)
    {
        var relabelled = new SchemaPairs.Pair(Relabelled(pair.Reader), Relabelled(pair.Writer));
        var isTaken = new[] { relabelled.Reader, relabelled.Writer }
            .All(text => Schemas.Language.Parse(SchemaSource.Of(text), ParseRules.Register).Schema is not null);
        return isTaken ? relabelled : null;
    }

    private static string Relabelled(string text)
    {
        // Schemas of this style have dots in names alone, and no short name twice.
        var root = new JsonArray(JsonNode.Parse(text));
        foreach (var node in SchemaGenerator.Walk(root).ToList())
        {
            switch (node)
            {
                case JsonObject o:
                    o.Remove("namespace");
                    if (o.ContainsKey("type") && o["name"]?.GetValue<string>() == SchemaPairs.NewFieldName && o["aliases"] is JsonArray { Count: 1 } aliases)
                    {
                        // A type can be called so too, and its alias has a namespace, which goes like all others.
                        o["name"] = aliases[0]!.GetValue<string>().Split('.')[^1];
                        o.Remove("aliases");
                    }

                    break;
                case JsonValue value when value.GetValueKind() == JsonValueKind.String && value.GetValue<string>() == "bytes":
                    node.ReplaceWith("string");
                    break;
                case JsonValue value when value.GetValueKind() == JsonValueKind.String && value.GetValue<string>().Contains('.', StringComparison.Ordinal):
                    node.ReplaceWith(value.GetValue<string>().Split('.')[^1]);
                    break;
            }
        }

        return root[0]!.ToJsonString();
    }
}

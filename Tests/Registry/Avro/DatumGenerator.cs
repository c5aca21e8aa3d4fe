using Avro;
using Avro.Generic;

namespace Tests.Registry.Avro;

/// <summary>
/// Makes data of a schema of chance, as Apache.Avro's generic writer takes them. Every branch and symbol comes up in turn, wherever the walk
/// meets it; deep down the shortest way to an end is taken.
/// </summary>
internal sealed class DatumGenerator(Random chance)
{
    private const int Deep = 6;
    private const int Endless = 40;

    private readonly Dictionary<Schema, int> _turns = new(ReferenceEqualityComparer.Instance);

    /// <exception cref="NoDataException">The walk does not end: a change took the way out of a recursion.</exception>
    public object? Of(Schema schema, int depth = 0)
    {
        if (depth > Endless)
        {
            throw new NoDataException();
        }

        switch (schema)
        {
            case RecordSchema record:
                var datum = new GenericRecord(record);
                foreach (var field in record.Fields)
                {
                    datum.Add(field.Name, Of(field.Schema, depth + 1));
                }

                return datum;
            case EnumSchema @enum:
                return new GenericEnum(@enum, @enum.Symbols[Turn(@enum, @enum.Symbols.Count)]);
            case FixedSchema @fixed:
                var bytes = new byte[@fixed.Size];
                chance.NextBytes(bytes);
                return new GenericFixed(@fixed, bytes);
            case ArraySchema array:
                return Enumerable.Range(0, Count(depth)).Select(_ => Of(array.ItemSchema, depth + 1)).ToArray();
            case MapSchema map:
                return Enumerable.Range(0, Count(depth)).ToDictionary(i => $"k{i}", _ => Of(map.ValueSchema, depth + 1)!);
            case UnionSchema union:
                var branch = depth > Deep ? union.Schemas.ToList().FindIndex(IsPlain) : -1;
                return Of(union.Schemas[branch >= 0 ? branch : Turn(union, union.Schemas.Count)], depth + 1);
            default:
                return Plain(schema.Tag);
        }
    }

    private static bool IsPlain(Schema schema) => schema is PrimitiveSchema or EnumSchema or FixedSchema;

    private int Count(int depth) => depth > Deep ? 0 : chance.Next(3);

    private int Turn(Schema schema, int count)
    {
        // Not strictly in turn: two unions in step would never show some pairs of branches.
        _turns.TryGetValue(schema, out var turn);
        _turns[schema] = turn + 1 + (chance.Next(4) == 0 ? 1 : 0);
        return turn % count;
    }

    private object? Plain(Schema.Type type) => type switch
    {
        Schema.Type.Null => null,
        Schema.Type.Boolean => chance.Next(2) == 0,
        Schema.Type.Int => chance.Next(-3, 1000),
        Schema.Type.Long => chance.NextInt64(-3, 1000),
        Schema.Type.Float => (float)chance.Next(1000) / 8,
        Schema.Type.Double => chance.Next(1000) / 8.0,
        Schema.Type.Bytes => "xyz"u8[..chance.Next(4)].ToArray(),
        _ => new string('s', chance.Next(4)),
    };

    public sealed class NoDataException : Exception;
}

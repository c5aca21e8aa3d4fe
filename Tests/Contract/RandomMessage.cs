using System.Collections;
using System.Reflection;
using Kernel.Machines;
using Protocol.Wire.Codec;

namespace Tests.Contract;

/// <summary>Messages with random content, by reflection over their attributed fields. The same chance gives the same message.</summary>
internal static class RandomMessage
{
    /// <summary>Gives the fields values; a third of them keep their defaults, so that absent tags are met too.</summary>
    public static void Fill(object target, Prng chance)
    {
        foreach (var property in target.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetCustomAttribute<FieldAttribute>() is null || chance.Chance(0.3))
            {
                continue;
            }

            property.SetValue(target, Value(property.PropertyType, chance));
        }
    }

    private static object? Value(Type type, Prng chance)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>))
        {
            var list = (IList)Activator.CreateInstance(type)!;
            for (var i = chance.Next(4); i > 0; i--)
            {
                list.Add(Value(type.GetGenericArguments()[0], chance));
            }

            return list;
        }

        return type switch
        {
            _ when type == typeof(bool) => chance.Chance(0.5),
            _ when type == typeof(sbyte) => (sbyte)chance.Next(100),
            _ when type == typeof(short) => (short)chance.Next(30_000),
            _ when type == typeof(ushort) => (ushort)chance.Next(60_000),
            _ when type == typeof(int) => (int)chance.NextBits(),
            _ when type == typeof(uint) => (uint)chance.NextBits(),
            _ when type == typeof(long) => (long)chance.NextBits(),
            _ when type == typeof(double) => chance.NextDouble(),
            _ when type == typeof(Guid) => chance.NextGuid(),
            _ when type == typeof(string) => new string('ä', chance.Next(5)) + new string('x', chance.Next(200)),
            _ when type == typeof(ReadOnlyMemory<byte>) => new ReadOnlyMemory<byte>(new byte[chance.Next(300)]),
            _ when type == typeof(WireRecords) => new WireRecords(new byte[chance.Next(3000)]),
            _ => Struct(type, chance),
        };
    }

    private static object Struct(Type type, Prng chance)
    {
        var made = Activator.CreateInstance(type)!;
        Fill(made, chance);
        return made;
    }
}

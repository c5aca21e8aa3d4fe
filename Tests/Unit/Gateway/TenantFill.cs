using System.Collections;
using System.Reflection;
using Protocol.Wire.Codec;

namespace Tests.Unit.Gateway;

/// <summary>Fills a request with what a tenant could send: one element in every list, a name in every name, the virtual broker's id in every id.</summary>
internal sealed class TenantFill(int nodeId)
{
    public void Fill(object target)
    {
        foreach (var property in target.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetCustomAttribute<FieldAttribute>() is { } field && Value(property.PropertyType, property.Name, field.Meaning) is { } value)
            {
                property.SetValue(target, value);
            }
        }
    }

    private object? Value(Type type, string name, Meaning meaning)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>))
        {
            var list = (IList)Activator.CreateInstance(type)!;
            list.Add(Value(type.GetGenericArguments()[0], name, meaning) ?? 0);
            return list;
        }

        if (type.GetCustomAttribute<KafkaStructAttribute>() is not null)
        {
            var structure = Activator.CreateInstance(type)!;
            Fill(structure);
            return structure;
        }

        return type switch
        {
            _ when type == typeof(string) => "name",
            _ when type == typeof(int) && meaning == Meaning.BrokerId => nodeId,
            _ when type == typeof(sbyte) && name == "ResourceType" => (sbyte)2,
            _ => null,
        };
    }
}

using System.Reflection;
using Protocol.Wire;
using Protocol.Wire.Codec;
using Protocol.Wire.Messages;

namespace Tests.Unit.Gateway;

/// <summary>The message types by API, for tests that go over all of them.</summary>
internal static class WireTypes
{
    private static readonly Dictionary<(ApiKey, MessageKind), Type> ByKey = typeof(ProduceRequest).Assembly.GetTypes()
        .Select(type => (Type: type, Message: type.GetCustomAttribute<KafkaMessageAttribute>()))
        .Where(t => t.Message?.ApiKey is not null)
        .ToDictionary(t => (t.Message!.ApiKey!.Value, t.Message.Kind), t => t.Type);

    public static IWireMessage NewRequest(ApiKey key) => (IWireMessage)Activator.CreateInstance(ByKey[(key, MessageKind.Request)])!;

    public static IWireMessage NewResponse(ApiKey key) => (IWireMessage)Activator.CreateInstance(ByKey[(key, MessageKind.Response)])!;

    public static bool Has(ApiKey key) => ByKey.ContainsKey((key, MessageKind.Request));

    public static VersionRange Versions(ApiKey key) => MessageCatalog.TryFind((short)key, out var info) ? info.Versions : VersionRange.None;

    public static byte[] Bytes(IWireMessage message, short version)
    {
        using var writer = new FrameWriter();
        message.Write(writer, version);
        return writer.ToArray();
    }

    /// <summary>Every property of the message and its structures that carries a meaning, with its value; lists element by element.</summary>
    public static IEnumerable<(Meaning Meaning, string Field, object? Value)> Fields(object message, short version)
    {
        foreach (var property in message.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetCustomAttribute<FieldAttribute>() is not { } field || !VersionRange.Parse(field.Versions).Contains(version))
            {
                continue;
            }

            var value = property.GetValue(message);
            if (value is System.Collections.IEnumerable list and not string)
            {
                foreach (var element in list)
                {
                    if (element is not null && element.GetType().GetCustomAttribute<KafkaStructAttribute>() is not null)
                    {
                        foreach (var inner in Fields(element, version))
                        {
                            yield return inner;
                        }
                    }
                    else
                    {
                        yield return (field.Meaning, property.Name, element);
                    }
                }
            }
            else if (value is not null && value.GetType().GetCustomAttribute<KafkaStructAttribute>() is not null)
            {
                foreach (var inner in Fields(value, version))
                {
                    yield return inner;
                }
            }
            else
            {
                yield return (field.Meaning, property.Name, value);
            }
        }
    }
}

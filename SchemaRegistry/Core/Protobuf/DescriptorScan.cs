using Google.Protobuf;
using Kernel;

namespace SchemaRegistry.Core.Protobuf;

/// <summary>
/// Counts the fields of a descriptor's bytes before anything is made of them: two bytes are a message, for which the reader would make an object of
/// two hundred.
/// </summary>
internal static class DescriptorScan
{
    // FileDescriptorProto: message_type, enum_type, service, extension. DescriptorProto: field, nested_type, enum_type, extension_range, extension,
    // oneof_decl, reserved_range. The numbers of enums and services are among them; what else has one of them is looked into in vain.
    private const uint Containers = 1u << 2 | 1u << 3 | 1u << 4 | 1u << 5 | 1u << 6 | 1u << 7 | 1u << 8 | 1u << 9;

    // A field of a message has four fields itself, names and numbers; what has fields becomes an object of some hundred bytes.
    private const int TagsOfElement = 4;

    /// <summary>False when there are more fields than a schema may have elements. What is no descriptor is for its reader to tell.</summary>
    public static bool IsBounded(ReadOnlySpan<byte> bytes)
    {
        var left = TagsOfElement * Limits.MaxSchemaProtobufElements;
        return Count(bytes, 0, ref left);
    }

    private static bool Count(ReadOnlySpan<byte> bytes, int depth, ref int left)
    {
        while (!bytes.IsEmpty)
        {
            if (--left < 0)
            {
                return false;
            }

            if (!TryVarint(ref bytes, out var tag))
            {
                return true;
            }

            switch ((WireFormat.WireType)(tag & 7))
            {
                case WireFormat.WireType.Varint:
                    _ = TryVarint(ref bytes, out _);
                    break;
                case WireFormat.WireType.Fixed32 when bytes.Length >= 4:
                    bytes = bytes[4..];
                    break;
                case WireFormat.WireType.Fixed64 when bytes.Length >= 8:
                    bytes = bytes[8..];
                    break;
                case WireFormat.WireType.LengthDelimited when TryVarint(ref bytes, out var length) && length <= (ulong)bytes.Length:
                    var number = tag >> 3;
                    if (number < 32 && (Containers >> (int)number & 1) != 0 && depth <= Limits.MaxSchemaProtobufDepth)
                    {
                        left -= TagsOfElement;
                        if (!Count(bytes[..(int)length], depth + 1, ref left))
                        {
                            return false;
                        }
                    }

                    bytes = bytes[(int)length..];
                    break;
                default:
                    return true;
            }
        }

        return true;
    }

    private static bool TryVarint(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        const int MaxBytes = 10;
        value = 0;
        for (var i = 0; i < Math.Min(bytes.Length, MaxBytes); i++)
        {
            value |= (ulong)(bytes[i] & 0x7f) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}

using System.Globalization;

namespace SchemaRegistry.Core.Avro;

/// <summary>A logical type that its underlying type may bear. One that it may not is an attribute like any other (Avro's rule for readers).</summary>
/// <param name="Name">As timestamp-millis.</param>
/// <param name="Precision">Digits of a decimal; 0 for other types.</param>
/// <param name="Scale">Digits of a decimal behind the point.</param>
internal readonly record struct AvroLogicalType(string Name, int Precision = 0, int Scale = 0)
{
    private const int UuidBytes = 16;
    private const int DurationBytes = 12;

    /// <summary>Attributes that a decimal's logical type is made of.</summary>
    public static bool IsDecimalWord(string attribute) => attribute is "precision" or "scale";

    /// <summary>Null without a valid one.</summary>
    public static AvroLogicalType? Of(AvroType type)
    {
        if (type.Properties.Count == 0 || type.Property("logicalType") is not { IsText: true } given)
        {
            return null;
        }

        var name = given.Text;
        if (name == "decimal")
        {
            return Decimal(type);
        }

        var isValid = name switch
        {
            "uuid" => type.Kind == AvroKind.String || type is AvroFixed { Size: UuidBytes },
            "date" or "time-millis" => type.Kind == AvroKind.Int,
            "time-micros" or "timestamp-millis" or "timestamp-micros" or "timestamp-nanos" => type.Kind == AvroKind.Long,
            "local-timestamp-millis" or "local-timestamp-micros" or "local-timestamp-nanos" => type.Kind == AvroKind.Long,
            "duration" => type is AvroFixed { Size: DurationBytes },
            "big-decimal" => type.Kind == AvroKind.Bytes,
            _ => false,
        };
        return isValid ? new AvroLogicalType(name) : null;
    }

    private static AvroLogicalType? Decimal(AvroType type)
    {
        var maxPrecision = type switch
        {
            AvroFixed { Size: > 0 } @fixed => (long)Math.Floor(Math.Log10(2) * ((8L * @fixed.Size) - 1)),
            AvroPrimitive { Kind: AvroKind.Bytes } => int.MaxValue,
            _ => 0,
        };
        if (Whole(type.Property("precision")) is not { } precision || precision <= 0 || precision > maxPrecision)
        {
            return null;
        }

        var given = type.Property("scale");
        var scale = given is null ? 0 : Whole(given);
        return scale is { } digits && digits >= 0 && digits <= precision ? new AvroLogicalType("decimal", precision, digits) : null;
    }

    private static int? Whole(JsonTree? value) =>
        value is { Kind: JsonKind.Integer }
        && int.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}

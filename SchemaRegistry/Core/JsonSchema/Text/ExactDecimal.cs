using System.Globalization;
using System.Numerics;
using Kernel;

namespace SchemaRegistry.Core.JsonSchema.Text;

/// <summary>A decimal number of any size, exactly: 0.digits times ten to the exponent. Digits have no zeros at either end; none is zero.</summary>
internal readonly record struct ExactDecimal(bool Negative, string Digits, long Exponent) : IComparable<ExactDecimal>
{
    public static readonly ExactDecimal One = new(false, "1", 1);

    public bool IsZero => Digits.Length == 0;

    /// <summary>The same for equal values, whatever their text: for sets of values.</summary>
    public string Key => IsZero ? "0" : string.Create(CultureInfo.InvariantCulture, $"{(Negative ? "-" : "")}.{Digits}E{Exponent}");

    /// <summary>From the parts of a number's text, all of them digits.</summary>
    public static ExactDecimal Of(bool negative, string digits, long exponentOfLast)
    {
        var trimmed = digits.TrimStart('0');
        var exponent = trimmed.Length + exponentOfLast;
        trimmed = trimmed.TrimEnd('0');
        return trimmed.Length == 0 ? new ExactDecimal(false, "", 0) : new ExactDecimal(negative, trimmed, exponent);
    }

    public int CompareTo(ExactDecimal other)
    {
        if (Sign != other.Sign)
        {
            return Sign.CompareTo(other.Sign);
        }

        var size = Exponent != other.Exponent ? Exponent.CompareTo(other.Exponent) : string.CompareOrdinal(Digits, other.Digits);
        return Negative ? -size : size;
    }

    /// <summary>Whether this is a whole multiple of the other, which is not zero. Numbers too far apart to tell are not.</summary>
    public bool IsMultipleOf(ExactDecimal other)
    {
        if (IsZero || other.IsZero)
        {
            return IsZero && !other.IsZero;
        }

        var own = Exponent - Digits.Length;
        var others = other.Exponent - other.Digits.Length;
        if (Math.Abs(own - others) > Limits.MaxSchemaJsonNumberChars)
        {
            return false;
        }

        var least = Math.Min(own, others);
        return (Scaled(own - least) % other.Scaled(others - least)).IsZero;
    }

    private int Sign => IsZero ? 0 : Negative ? -1 : 1;

    private BigInteger Scaled(long zeros) =>
        BigInteger.Parse(Digits, NumberStyles.None, CultureInfo.InvariantCulture) * BigInteger.Pow(10, (int)zeros);
}

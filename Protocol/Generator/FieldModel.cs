using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Protocol.Generator;

/// <summary>The wire types.</summary>
internal enum WireType
{
    Bool, Int8, Int16, UInt16, Int32, UInt32, Int64, Float64, Uuid, String, Bytes, Records, Struct,
}

/// <summary>One field as its attribute and property declare it.</summary>
internal sealed class FieldModel
{
    public string Name = "";
    public WireType Type;
    public bool IsArray;

    /// <summary>The property's type admits null.</summary>
    public bool TypeIsNullable;

    /// <summary>C# name of the element type (of the field's type when it is no array).</summary>
    public string ElementType = "";
    public StructModel? Struct;
    public Range Versions;
    public Range Nullable;
    public Range Tagged;
    public Range? Flexible;
    public int Tag = -1;
    public string Meaning = "None";

    /// <summary>The initializer's text; null when the field starts as the type's default.</summary>
    public string? Initializer;

    /// <summary>The default as an expression.</summary>
    public string Default => Initializer ?? "default";

    /// <summary>The default as an expression that resets an existing object.</summary>
    public string Reset => Initializer ?? "default!";

    /// <summary>One structure or none: a byte before it says which, -1 for none.</summary>
    public bool IsNullableStruct => Type == WireType.Struct && !IsArray && TypeIsNullable;

    /// <summary>Least bytes of one element (of the value when it is no array) in any version.</summary>
    public int MinElementBytes => Type switch
    {
        WireType.Bool or WireType.Int8 => 1,
        WireType.Int16 or WireType.UInt16 => 2,
        WireType.Int32 or WireType.UInt32 => 4,
        WireType.Int64 or WireType.Float64 => 8,
        WireType.Uuid => 16,
        WireType.Struct when IsNullableStruct => 1,
        WireType.Struct => Struct!.MinBytes,
        _ => 1,
    };

    public static FieldModel? From(IPropertySymbol property, AttributeData attribute, Range all, List<Problem> problems)
    {
        var field = new FieldModel { Name = property.Name };
        string? versions = attribute.ConstructorArguments[0].Value as string, nullable = "none", tagged = "none", flexible = null;
        foreach (var argument in attribute.NamedArguments)
        {
            switch (argument.Key)
            {
                case "Nullable": nullable = argument.Value.Value as string; break;
                case "Tagged": tagged = argument.Value.Value as string; break;
                case "Flexible": flexible = argument.Value.Value as string; break;
                case "Tag": field.Tag = (int)argument.Value.Value!; break;
                case "Meaning": field.Meaning = EnumName(argument.Value); break;
            }
        }

        foreach (var (text, set) in new (string?, Action<Range>)[] { (versions, r => field.Versions = r), (nullable, r => field.Nullable = r), (tagged, r => field.Tagged = r) })
        {
            if (!Range.TryParse(text, out var range))
            {
                problems.Add(Problem.At(property, Problem.BadRange, $"'{text}' of {property.Name} is not a version range"));
                return null;
            }

            set(range.Intersect(all));
        }

        if (flexible is not null)
        {
            if (!Range.TryParse(flexible, out var range))
            {
                problems.Add(Problem.At(property, Problem.BadRange, $"'{flexible}' of {property.Name} is not a version range"));
                return null;
            }

            field.Flexible = range;
        }

        if ((field.Tag >= 0) != !field.Tagged.IsEmpty || (field.Tag >= 0 && !field.Tagged.Covers(field.Versions)))
        {
            problems.Add(Problem.At(property, Problem.BadField, $"{property.Name}: a tag and its versions go together and cover all versions of the field"));
            return null;
        }

        var initializer = (property.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() as PropertyDeclarationSyntax)?.Initializer;
        field.Initializer = initializer?.Value.ToString();
        if (!field.ReadType(property.Type, all, problems))
        {
            problems.Add(Problem.At(property, Problem.BadField, $"{property.Name}: {property.Type.ToDisplayString()} is not a type of the protocol"));
            return null;
        }

        if (field.IsNullableStruct && (field.Tag >= 0 || field.Initializer is not null || !field.Nullable.Covers(field.Versions)))
        {
            problems.Add(Problem.At(property, Problem.BadField, $"{property.Name}: a nullable structure is null by default, in all versions, and not tagged"));
            return null;
        }

        if (field.Meaning == "None" && field.Type is WireType.String or WireType.Uuid or WireType.Bytes or WireType.Records && field.Meaning == "None")
        {
            problems.Add(Problem.At(property, Problem.NoMeaning, $"{property.Name} carries names, ids or bytes and does not say what they mean: set Meaning"));
            return null;
        }

        return field;
    }

    private bool ReadType(ITypeSymbol type, Range all, List<Problem> problems)
    {
        TypeIsNullable = type.NullableAnnotation == NullableAnnotation.Annotated;
        if (type is INamedTypeSymbol { Name: "Nullable", TypeArguments.Length: 1 } nullable)
        {
            TypeIsNullable = true;
            type = nullable.TypeArguments[0];
        }

        if (type is INamedTypeSymbol { Name: "List", TypeArguments.Length: 1 } list)
        {
            IsArray = true;
            type = list.TypeArguments[0];
        }

        ElementType = type.WithNullableAnnotation(NullableAnnotation.NotAnnotated).ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        switch (type.SpecialType)
        {
            case SpecialType.System_Boolean: Type = WireType.Bool; return true;
            case SpecialType.System_SByte: Type = WireType.Int8; return true;
            case SpecialType.System_Int16: Type = WireType.Int16; return true;
            case SpecialType.System_UInt16: Type = WireType.UInt16; return true;
            case SpecialType.System_Int32: Type = WireType.Int32; return true;
            case SpecialType.System_UInt32: Type = WireType.UInt32; return true;
            case SpecialType.System_Int64: Type = WireType.Int64; return true;
            case SpecialType.System_Double: Type = WireType.Float64; return true;
            case SpecialType.System_String: Type = WireType.String; return true;
        }

        switch (type.Name)
        {
            case "Guid": Type = WireType.Uuid; return true;
            case "WireRecords": Type = WireType.Records; return !IsArray;
            case "ReadOnlyMemory": Type = WireType.Bytes; return true;
        }

        if (type is INamedTypeSymbol named && named.GetAttributes().Any(a => a.AttributeClass?.Name == "KafkaStructAttribute"))
        {
            Type = WireType.Struct;
            Struct = StructModel.From(named, all, problems);
            return true;
        }

        return false;
    }

    internal static string EnumName(TypedConstant constant) =>
        constant.Type!.GetMembers().OfType<IFieldSymbol>().FirstOrDefault(m => m.HasConstantValue && Equals(m.ConstantValue, constant.Value))?.Name ?? "None";
}

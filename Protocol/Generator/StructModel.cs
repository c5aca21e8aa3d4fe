using Microsoft.CodeAnalysis;

namespace Protocol.Generator;

/// <summary>A message or a structure inside one: its fields in the order of the wire.</summary>
internal sealed class StructModel
{
    public INamedTypeSymbol Symbol = null!;
    public List<FieldModel> Fields = [];

    public string FullName => Symbol.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    /// <summary>Least bytes in any version, at least 1: bounds how many elements an array can have.</summary>
    public int MinBytes { get; private set; } = 1;

    public static StructModel From(INamedTypeSymbol symbol, Range all, List<Problem> problems)
    {
        var model = new StructModel { Symbol = symbol };
        foreach (var property in symbol.GetMembers().OfType<IPropertySymbol>())
        {
            var attribute = property.GetAttributes().FirstOrDefault(a => a.AttributeClass?.Name == "FieldAttribute");
            if (attribute is not null && FieldModel.From(property, attribute, all, problems) is { } field)
            {
                model.Fields.Add(field);
            }
        }

        model.MinBytes = Math.Max(1, model.Fields.Where(f => f.Tag < 0 && f.Versions.Covers(all)).Sum(f => f.IsArray ? 1 : f.MinElementBytes));
        return model;
    }

    /// <summary>This structure and all below it, each once.</summary>
    public IEnumerable<StructModel> WithNested()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<StructModel>();
        open.Push(this);
        while (open.Count > 0)
        {
            var next = open.Pop();
            if (!seen.Add(next.FullName))
            {
                continue;
            }

            yield return next;
            foreach (var field in next.Fields.Where(f => f.Struct is not null))
            {
                open.Push(field.Struct!);
            }
        }
    }
}

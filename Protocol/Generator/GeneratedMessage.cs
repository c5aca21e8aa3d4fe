using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace Protocol.Generator;

/// <summary>What one message file turns into: source, or problems. Compares by value, so that the build repeats nothing.</summary>
internal sealed record GeneratedMessage(string HintName, string Source, string CatalogEntry, EquatableProblems Problems)
{
    public static GeneratedMessage From(INamedTypeSymbol symbol)
    {
        var problems = new List<Problem>();
        var attribute = symbol.GetAttributes().First(a => a.AttributeClass?.Name == "KafkaMessageAttribute");
        string? key = null;
        var kind = "Data";
        foreach (var argument in attribute.ConstructorArguments)
        {
            if (argument.Type!.Name == "ApiKey")
            {
                key = FieldModel.EnumName(argument);
            }
            else
            {
                kind = FieldModel.EnumName(argument);
            }
        }

        var keyNumber = attribute.ConstructorArguments.Where(a => a.Type!.Name == "ApiKey").Select(a => a.Value).FirstOrDefault();
        var named = attribute.NamedArguments.ToDictionary(a => a.Key, a => a.Value.Value as string);
        named.TryGetValue("Versions", out var versionsText);
        named.TryGetValue("Flexible", out var flexibleText);
        if (!Range.TryParse(versionsText, out var versions) || versions.IsEmpty || !Range.TryParse(flexibleText, out var flexible))
        {
            problems.Add(Problem.At(symbol, Problem.BadRange, $"{symbol.Name}: versions '{versionsText}', flexible '{flexibleText}'"));
            return new GeneratedMessage(symbol.Name + ".g.cs", "", "", new EquatableProblems(problems));
        }

        var root = StructModel.From(symbol, versions, problems);
        if (problems.Count > 0)
        {
            return new GeneratedMessage(symbol.Name + ".g.cs", "", "", new EquatableProblems(problems));
        }

        var source = new MessageEmitter(root, key, kind, versions, flexible).Emit();
        var entry = key is null || kind != "Request"
            ? ""
            : $"{keyNumber}|new(global::Protocol.Wire.ApiKey.{key}, new({versions.Min}, {versions.Max}), {MessageEmitter.RangeExpression(flexible)})";
        return new GeneratedMessage(symbol.Name + ".g.cs", source, entry, new EquatableProblems(problems));
    }
}

/// <summary>A list of problems that compares by its elements.</summary>
internal sealed class EquatableProblems(List<Problem> problems) : IEquatable<EquatableProblems>, IEnumerable<Problem>
{
    private readonly ImmutableArray<Problem> _problems = [.. problems];

    public bool Equals(EquatableProblems? other) => other is not null && _problems.SequenceEqual(other._problems);

    public override bool Equals(object? obj) => Equals(obj as EquatableProblems);

    public override int GetHashCode() => _problems.Length;

    public IEnumerator<Problem> GetEnumerator() => ((IEnumerable<Problem>)_problems).GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
}

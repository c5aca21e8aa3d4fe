using SchemaRegistry.Core.JsonSchema.Text;

namespace SchemaRegistry.Core.JsonSchema.Model;

/// <summary>
/// A JSON Schema in the form in which the registry compares it: each keyword family (string, number, object, array) is one kind of schema, and
/// a schema with several of them is an allOf of them. Made by loading, unchanged afterwards; may refer to itself through
/// <see cref="ReferenceSchema"/>.
/// </summary>
internal abstract class Schema
{
    private string? _defaultKey;

    /// <summary>$id (id in draft 4); null from draft 2019-09 on, where the registry reports no change of it.</summary>
    public string? Id { get; set; }

    public string? Title { get; set; }

    public string? Description { get; set; }

    public JsonValue? Default { get; set; }

    /// <summary>Equal for equal defaults of any schemas; null without one. Made once, however often the schema is compared.</summary>
    public string? DefaultKey => Default is null ? null : _defaultKey ??= ValueKeys.Of(Default);

    /// <summary>connect.type says bytes: Kafka Connect writes numbers of any precision so, in two ways that readers take for each other.</summary>
    public bool IsConnectBytes { get; set; }

    /// <summary>Itself, or what a reference leads to.</summary>
    public virtual Schema Target => this;

    /// <summary>true or {} or annotations alone: everything is valid.</summary>
    public bool AcceptsAll => this is EmptySchema or TrueSchema;
}

internal sealed class EmptySchema : Schema;

internal sealed class TrueSchema : Schema;

internal sealed class FalseSchema : Schema;

internal sealed class BooleanSchema : Schema;

internal sealed class NullSchema : Schema;

/// <summary>if, then, else: the registry compares only that there is one.</summary>
internal sealed class ConditionalSchema : Schema;

internal sealed class StringSchema : Schema
{
    public ExactDecimal? MaxLength { get; init; }

    public ExactDecimal? MinLength { get; init; }

    public string? Pattern { get; init; }
}

internal sealed class NumberSchema : Schema
{
    public ExactDecimal? Maximum { get; init; }

    public ExactDecimal? Minimum { get; init; }

    /// <summary>As a number; draft 4's boolean is not compared.</summary>
    public ExactDecimal? ExclusiveMaximum { get; init; }

    public ExactDecimal? ExclusiveMinimum { get; init; }

    public ExactDecimal? MultipleOf { get; init; }

    public bool RequiresInteger { get; init; }
}

/// <summary>enum, as keys that are equal for equal values.</summary>
internal sealed class EnumSchema(HashSet<string> values) : Schema
{
    public HashSet<string> Values { get; } = values;

    /// <summary>Characters of all values.</summary>
    public long Chars { get; } = values.Sum(value => (long)value.Length);
}

internal sealed class ConstSchema(string value) : Schema
{
    public string Value { get; } = value;
}

internal sealed class NotSchema(Schema negated) : Schema
{
    public Schema Negated { get; } = negated;
}

internal enum Criterion
{
    AllOf,
    AnyOf,
    OneOf,
}

/// <summary>allOf, anyOf, oneOf, a list of types (anyOf), or the parts of a schema with several families (allOf).</summary>
/// <param name="isGenerated">No keyword of the text.</param>
internal sealed class CombinedSchema(Criterion criterion, IReadOnlyList<Schema> members, bool isGenerated) : Schema
{
    public Criterion Criterion { get; } = criterion;

    /// <summary>Without duplicates.</summary>
    public IReadOnlyList<Schema> Members { get; } = members;

    public bool IsGenerated { get; } = isGenerated;

    /// <summary>The keyword, as paths say it.</summary>
    public string Keyword => Criterion switch
    {
        Criterion.AllOf => "allOf",
        Criterion.AnyOf => "anyOf",
        _ => "oneOf",
    };
}

/// <summary>$ref and its kin. Loading finds what it leads to at last, past other references.</summary>
internal sealed class ReferenceSchema(string reference, JsonValue node) : Schema
{
    private Schema? _target;

    public string Reference { get; } = reference;

    /// <summary>Where it leads to in the text.</summary>
    public JsonValue Node { get; } = node;

    /// <summary>Where it leads to in one step.</summary>
    public Schema? Next { get; set; }

    public override Schema Target => _target ?? throw new InvalidOperationException("loading has not ended");

    public void SetTarget(Schema target) => _target = target;

    public bool HasTarget => _target is not null;
}

namespace SchemaRegistry.Core.JsonSchema.Comparison;

/// <summary>A kind of difference: its name, and whether data that the writer's schema describes stay readable.</summary>
internal sealed class DifferenceType(string name, string sentence, bool isHarmlessWhenLenient = false)
{
    private bool _isHarmless;

    public string Name { get; } = name;

    /// <summary>See <see cref="DifferenceSentence"/>; empty where the API says nothing.</summary>
    public string Sentence { get; } = sentence;

    public static DifferenceType Harmless(string name) => new(name, "") { _isHarmless = true };

    public bool IsHarmless(bool isLenient) => _isHarmless || (isLenient && isHarmlessWhenLenient);
}

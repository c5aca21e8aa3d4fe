using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Protocol.Generator;

/// <summary>Something wrong with a message file, kept as plain values so that the generator's steps compare equal.</summary>
internal readonly record struct Problem(string Id, string Path, TextSpan Span, LinePositionSpan Lines, string Text) : IEquatable<Problem>
{
    public DiagnosticDescriptor Descriptor => Id switch
    {
        NoMeaning => new(NoMeaning, "A field without a meaning", "{0}", "Protocol", DiagnosticSeverity.Error, isEnabledByDefault: true),
        BadField => new(BadField, "A field that cannot be generated", "{0}", "Protocol", DiagnosticSeverity.Error, isEnabledByDefault: true),
        _ => new(BadRange, "A version range that cannot be read", "{0}", "Protocol", DiagnosticSeverity.Error, isEnabledByDefault: true),
    };

    /// <summary>A string, uuid, bytes or records field says nothing about what it means.</summary>
    public const string NoMeaning = "FED001";

    /// <summary>The type or the combination of settings is not supported.</summary>
    public const string BadField = "FED002";

    /// <summary>A version range is malformed.</summary>
    public const string BadRange = "FED003";

    public ImmutableArray<string> Arguments => [Text];

    public static Problem At(ISymbol symbol, string id, string text)
    {
        var location = symbol.Locations.FirstOrDefault() ?? Location.None;
        var lines = location.GetLineSpan();
        return new Problem(id, lines.Path ?? "", location.SourceSpan, lines.Span, text);
    }

    public Location ToLocation() => Location.Create(Path, Span, Lines);
}

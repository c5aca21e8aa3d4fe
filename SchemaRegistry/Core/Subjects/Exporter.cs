using SchemaRegistry.Core.Subjects.Contracts;

namespace SchemaRegistry.Core.Subjects;

/// <summary>A link that copies schemas to another registry (schema linking).</summary>
/// <param name="ContextType">AUTO, CUSTOM, NONE or DEFAULT: the context at the destination.</param>
/// <param name="Context">For CUSTOM.</param>
/// <param name="Subjects">Names, or prefixes with a star at the end.</param>
/// <param name="RenameFormat">With ${subject} in it; null for the same name.</param>
/// <param name="Config">Where to and with which credentials, by Confluent's names.</param>
/// <param name="IsPaused">Set by whoever asked for it.</param>
/// <param name="Generation">Goes up with each reset: the copy begins anew.</param>
public sealed record Exporter(
    string Name,
    string ContextType,
    string? Context,
    IReadOnlyList<string> Subjects,
    string? RenameFormat,
    IReadOnlyDictionary<string, string> Config,
    bool IsPaused,
    int Generation);

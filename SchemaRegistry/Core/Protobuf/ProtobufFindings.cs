using SchemaRegistry.Core.Languages;

namespace SchemaRegistry.Core.Protobuf;

/// <summary>The differences that the registry knows for Protobuf: which of them keep data readable, and the texts of those that do not.</summary>
internal static class ProtobufFindings
{
    /// <summary>Descriptions with {0} for the reader, {1} for the writer and {2} for the path.</summary>
    private static readonly Dictionary<string, string> Incompatible = new()
    {
        ["PACKAGE_CHANGED"] = "The package at '{2}' in the {0} schema does not match the package in the {1} schema",
        ["MESSAGE_REMOVED"] = "The {0} schema is missing a MESSAGE type at path '{2}' in the {1} schema",
        ["FIELD_KIND_CHANGED"] = "The type of a field at path '{2}' in the {0} schema does not match the {1} schema",
        ["FIELD_SCALAR_KIND_CHANGED"] = "The kind of a SCALAR field at path '{2}' in the {0} schema does not match its kind in the {1} schema",
        ["FIELD_NAMED_TYPE_CHANGED"] = "The type of a MESSAGE field at path '{2}' in the {0} schema does not match its type in the {1} schema",
        ["FIELD_NUMERIC_LABEL_CHANGED"] = "The label for a NUMERIC field at path '{2}' in the {0} schema does not match its label in the {1} schema",
        ["REQUIRED_FIELD_ADDED"] = "A required field  at path '{2}' in the {0} schema is missing in the {1} schema",
        ["REQUIRED_FIELD_REMOVED"] = "The {0} schema is missing a required field at path: '{2}' in the {1} schema",
        ["ONEOF_FIELD_REMOVED"] = "The {0} schema is missing a oneof field at path '{2}' in the {1} schema",
        ["MULTIPLE_FIELDS_MOVED_TO_ONEOF"] = "Multiple fields in the oneof at path '{2}' in the {0} schema are outside a oneof in the {1} schema",
        ["FIELD_MOVED_TO_EXISTING_ONEOF"] = "A field in the oneof at path '{2}' in the {0} schema is outside an existing oneof in the {1} schema",
    };

    /// <summary>Those that keep data readable.</summary>
    private static readonly string[] Compatible =
    [
        "MESSAGE_ADDED", "MESSAGE_MOVED", "ENUM_ADDED", "ENUM_REMOVED", "ENUM_CONST_ADDED", "ENUM_CONST_CHANGED", "ENUM_CONST_REMOVED", "FIELD_ADDED",
        "FIELD_REMOVED", "FIELD_NAME_CHANGED", "FIELD_STRING_OR_BYTES_LABEL_CHANGED", "ONEOF_ADDED", "ONEOF_REMOVED", "ONEOF_FIELD_ADDED",
        "ONEOF_FIELD_MOVED_TO_TOP_LEVEL",
    ];

    /// <summary>All differences that a comparison may find.</summary>
    public static IEnumerable<string> Types => Incompatible.Keys.Concat(Compatible);

    public static bool IsCompatible(string type) => !Incompatible.ContainsKey(type);

    public static Finding Of(string type, string path) =>
        Incompatible.TryGetValue(type, out var text)
            ? new Finding(type, path, IsCompatible: false, text.Replace("{2}", path, StringComparison.Ordinal))
            : new Finding(type, path, IsCompatible: true, "");

    /// <summary>The comparison could not be finished: unreadable until someone shows otherwise.</summary>
    public static Finding Fault(string message) =>
        new("UNEXPECTED_EXCEPTION", "#/", IsCompatible: false, "Unexpected exception during compatibility check: " + message);

    /// <summary>The API's message. A fault is its text alone.</summary>
    public static string Describe(Finding finding, string reader, string writer)
    {
        var text = Sentence(finding, reader, writer);
        return finding.Type == "UNEXPECTED_EXCEPTION" ? text : $"{{errorType:\"{finding.Type}\", description:\"{text}\"}}";
    }

    /// <summary>What the message says, without the API's frame.</summary>
    public static string Sentence(Finding finding, string reader, string writer) =>
        finding.Description.Replace("{0}", reader, StringComparison.Ordinal).Replace("{1}", writer, StringComparison.Ordinal);
}

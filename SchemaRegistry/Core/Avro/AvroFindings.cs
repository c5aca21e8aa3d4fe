using System.Globalization;
using SchemaRegistry.Core.Languages;

namespace SchemaRegistry.Core.Avro;

/// <summary>The registry's sentences about two Avro schemas: {0} is the reader's, {1} the writer's.</summary>
internal static class AvroFindings
{
    /// <summary>The type of the only finding when the comparison could not be made. No name of the API: its text stands alone there.</summary>
    public const string NotCompared = "UNEXPECTED_EXCEPTION";

    public static Finding NameMismatch(string path, string writerName) =>
        Of("NAME_MISMATCH", path, $"The name of the schema has changed (path '{path}')", $"expected: {writerName}");

    public static Finding FixedSize(string path, int readerSize, int writerSize) => Of(
        "FIXED_SIZE_MISMATCH",
        path,
        $"The size of FIXED type field at path '{path}' in the {{0}} schema does not match with the {{1}} schema",
        string.Create(CultureInfo.InvariantCulture, $"expected: {writerSize}, found: {readerSize}"));

    public static Finding TypeMismatch(string path, AvroKind reader, AvroKind writer) => Of(
        "TYPE_MISMATCH",
        path,
        $"The type (path '{path}') of a field in the {{0}} schema does not match with the {{1}} schema",
        $"reader type: {AvroText.Capitals(reader)} not compatible with writer type: {AvroText.Capitals(writer)}");

    public static Finding MissingSymbols(string path, AvroEnum reader, AvroEnum writer)
    {
        var list = $"[{string.Join(", ", writer.Symbols.Where(symbol => !reader.Has(symbol)).Order(StringComparer.Ordinal))}]";
        return Of("MISSING_ENUM_SYMBOLS", path, $"The {{0}} schema is missing enum symbols '{list}' at path '{path}' in the {{1}} schema", list);
    }

    public static Finding MissingBranch(string path, AvroKind writer) => Of(
        "MISSING_UNION_BRANCH",
        path,
        $"The {{0}} schema is missing a type inside a union field at path '{path}' in the {{1}} schema",
        $"reader union lacking writer type: {AvroText.Capitals(writer)}");

    public static Finding MissingDefault(string path, string field) => Of(
        "READER_FIELD_MISSING_DEFAULT_VALUE",
        path,
        $"The field '{field}' at path '{path}' in the {{0}} schema has no default value and is missing in the {{1}} schema",
        field);

    public static Finding Fault(string message) =>
        new(NotCompared, "/", IsCompatible: false, $"Unexpected exception during compatibility check: {message}");

    /// <summary>The whole message of the API.</summary>
    public static string Describe(Finding finding, string reader, string writer)
    {
        var sentence = Sentence(finding, reader, writer);
        return finding.Type == NotCompared ? sentence : $"{{errorType:'{finding.Type}', description:'{sentence}', additionalInfo:'{finding.Detail}'}}";
    }

    /// <summary>What the message says, without the API's frame.</summary>
    public static string Sentence(Finding finding, string reader, string writer) => finding.Type == NotCompared
        ? finding.Description
        : finding.Description.Replace("{0}", reader, StringComparison.Ordinal).Replace("{1}", writer, StringComparison.Ordinal);

    private static Finding Of(string type, string path, string description, string detail) =>
        new(type, path, IsCompatible: false, description, detail);
}

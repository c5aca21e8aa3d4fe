namespace SchemaRegistry.Core.Avro;

/// <summary>Why a schema cannot be parsed, printed or compared. Never leaves the language: <see cref="AvroLanguage"/> makes results of it.</summary>
internal sealed class AvroFault(string message) : Exception(message);

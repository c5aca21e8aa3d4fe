using SchemaRegistry.Core.Subjects.Records;

namespace SchemaRegistry.Service.State;

/// <summary>A record to be written.</summary>
/// <param name="Record">What every reader makes of it.</param>
/// <param name="OtherKey">
/// Bytes of a key in another layout, which this write ends: a null value. Null for the key's own layout, with the record's content.
/// </param>
internal readonly record struct LogWrite(RegistryRecord Record, byte[]? OtherKey);

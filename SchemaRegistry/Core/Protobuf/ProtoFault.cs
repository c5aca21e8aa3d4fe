namespace SchemaRegistry.Core.Protobuf;

/// <summary>Ends the reading of a bad schema from any depth. It never leaves <see cref="ProtobufLanguage"/>; there it becomes a result.</summary>
internal sealed class ProtoFault(string message) : Exception(message);

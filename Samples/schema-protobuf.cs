// Protobuf with Google.Protobuf and Confluent's registry client. Confluent.SchemaRegistry.Serdes.Protobuf does the same for generated types;
// here the frame around the data is seen: a zero, the schema's id, the message's place in its file.
//
//   ./fed up
//   ./fed topic create sample-protobuf --home eu --mirror us
//   dotnet run Samples/schema-protobuf.cs
//
// Other addresses: dotnet run Samples/schema-protobuf.cs -- KAFKA REGISTRY KAFKA-TO-READ REGISTRY-TO-READ
#:package Confluent.Kafka
#:package Confluent.SchemaRegistry
#:package Google.Protobuf
#:project ../Protocol/Wire/Protocol.Wire.csproj
#:property PublishAot=false

using Confluent.Kafka;
using Confluent.SchemaRegistry;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Protocol.Wire.Records;

string[] at = args is [_, _, _, _] ? args : ["127.0.0.1:9092", "http://127.0.0.1:8081", "127.0.0.1:9192", "http://127.0.0.1:8181"];
const string Topic = "sample-protobuf";
var message = new Duration { Seconds = 27_000 };

using (var registry = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = at[1] }))
using (var producer = new ProducerBuilder<string, byte[]>(new ProducerConfig { BootstrapServers = at[0] }).Build())
{
    // A file's descriptor in base64 is a schema, as the text of the .proto file is.
    var file = Duration.Descriptor.File.SerializedData.ToBase64();
    var id = await registry.RegisterSchemaAsync($"{Topic}-value", new Schema(file, SchemaType.Protobuf));
    var value = SchemaFrame.WrapProtobuf(id, [Duration.Descriptor.Index], message.ToByteArray());
    var written = await producer.ProduceAsync(Topic, new Message<string, byte[]> { Key = "LHR-JFK", Value = value });
    Console.WriteLine($"written: {written.TopicPartitionOffset}");
}

using (var registry = new CachedSchemaRegistryClient(new SchemaRegistryConfig { Url = at[3] }))
using (var consumer = new ConsumerBuilder<string, byte[]>(new ConsumerConfig { BootstrapServers = at[2], GroupId = "none", EnableAutoCommit = false }).Build())
{
    consumer.Assign(new TopicPartitionOffset(Topic, 0, Offset.Beginning));
    var read = consumer.Consume(TimeSpan.FromSeconds(30)) ?? throw new TimeoutException("nothing to read");
    if (!SchemaFrame.TryUnwrapProtobuf(read.Message.Value, out var id, out _, out var data))
    {
        throw new InvalidDataException("the value has no frame");
    }

    var duration = Duration.Parser.ParseFrom(data);
    var schema = await registry.GetSchemaAsync(id);
    var lines = schema.SchemaString.Split('\n').Length;
    Console.WriteLine($"read: {read.Message.Key} takes {duration.ToTimeSpan()}, a {schema.SchemaType} schema of {lines} lines");
    consumer.Close();
}
